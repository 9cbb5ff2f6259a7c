/// A database user for one program: a member of the program's role, with a password.
package struct ProgramLogin: Sendable, Equatable {
    package let program: ProgramRole
    /// The user's name; any but a role's.
    package let name: String
    package let password: String

    package init(program: ProgramRole, name: String, password: String) {
        self.program = program
        self.name = name
        self.password = password
    }

    /// Reads lines of program, name and password, separated by blanks; a password may have blanks
    /// within. Empty lines and those that start with `#` say nothing.
    ///
    /// A program may have several logins, so that a password can be changed without a stop.
    ///
    /// - Throws: the first line that is wrong, by its number.
    package static func parse(_ text: String) throws(ProgramLoginError) -> [ProgramLogin] {
        var logins: [ProgramLogin] = []
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for (index, line) in lines.enumerated() {
            let words = line.split(maxSplits: 2) { $0 == " " || $0 == "\t" }
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            func fault(_ reason: String) -> ProgramLoginError { .line(index + 1, reason) }
            guard let program = ProgramRole(rawValue: String(first)) else {
                let all = ProgramRole.allCases.map(\.rawValue).joined(separator: ", ")
                throw fault("'\(first)' is no program; programs: \(all)")
            }
            guard words.count == 3 else { throw fault("it is not program, name and password") }
            let name = String(words[1])
            guard name.utf8.count <= 63 else { throw fault("the name has more than 63 bytes") }
            guard !logins.contains(where: { $0.name == name }) else {
                throw fault("'\(name)' is there already")
            }
            logins.append(
                ProgramLogin(program: program, name: name, password: trimmed(words[2])))
        }
        guard !logins.isEmpty else { throw .none }
        return logins
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}

/// Why logins could not be made. Nothing was changed. Never holds a password.
package enum ProgramLoginError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A line of the list is wrong.
    case line(Int, String)
    /// The list is empty.
    case none
    /// The name belongs to somebody else.
    case taken(String)
    /// The password has characters that no password can have.
    case password(String)
    /// The migrating user may not make users.
    case forbidden(String)
    case database(String)

    package var description: String {
        switch self {
        case .line(let number, let reason): "line \(number) of the logins: \(reason)."
        case .none: "there are no logins in what was given."
        case .taken(let name):
            "the database has a role '\(name)' which is not the login of this program. "
                + "Choose another name."
        case .password(let name): "the password of '\(name)' cannot be used."
        case .forbidden(let reason):
            "the user that migrates may not make logins (\(reason)). It needs CREATEROLE and must "
                + "be allowed to grant the programs' roles; or an administrator makes the logins, "
                + "as docs/database-roles.md says."
        case .database(let reason): "the database answered: \(reason)"
        }
    }
}
