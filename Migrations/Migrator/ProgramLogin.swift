/// A database user for one program: a member of the program's role, with a password.
package struct ProgramLogin: Sendable, Equatable {
    package let program: ProgramRole
    /// The user's name. It must not be that of another role.
    package let name: String
    package let password: String

    package init(program: ProgramRole, name: String, password: String) {
        self.program = program
        self.name = name
        self.password = password
    }

    /// Parses lines of program, name and password, separated by blanks. A password can contain
    /// blanks. Empty lines and lines that start with `#` are ignored.
    ///
    /// A program can have several logins, so that a password can be changed without downtime.
    ///
    /// - Throws: `.line` for the first invalid line, or `.none` if there are no logins.
    package static func parse(_ text: String) throws(ProgramLoginError) -> [ProgramLogin] {
        var logins: [ProgramLogin] = []
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for (index, line) in lines.enumerated() {
            let words = line.split(maxSplits: 2) { $0 == " " || $0 == "\t" }
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            func fault(_ reason: String) -> ProgramLoginError { .line(index + 1, reason) }
            guard let program = ProgramRole(rawValue: String(first)) else {
                let all = ProgramRole.allCases.map(\.rawValue).joined(separator: ", ")
                throw fault("the first word must be a program: \(all)")
            }
            guard words.count == 3 else { throw fault("it must be program, name and password") }
            let name = String(words[1])
            guard name.utf8.count <= 63 else { throw fault("the name must be at most 63 bytes") }
            guard !logins.contains(where: { $0.name == name }) else {
                throw fault("the name is already in an earlier line")
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

/// Why logins could not be created. Nothing was changed. Never contains a password.
package enum ProgramLoginError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A line of the list is invalid.
    case line(Int, String)
    /// The list is empty.
    case none
    /// The name belongs to another role.
    case taken(String)
    /// The password contains invalid characters.
    case password(String)
    /// The migrating user lacks the privilege to create users.
    case forbidden(String)
    /// The same command can work later.
    case unavailable(String)
    case database(String)

    package var description: String {
        switch self {
        case .line(let number, let reason): "line \(number) of the logins: \(reason)."
        case .none: "the list of logins is empty."
        case .taken(let name):
            "the database has a role '\(name)' which is not the login of this program. "
                + "Choose another name."
        case .password(let name): "the password of '\(name)' cannot be used."
        case .forbidden(let reason):
            "the user that migrates may not create logins (\(reason)). It needs CREATEROLE and "
                + "the right to grant the programs' roles. Or an administrator creates the logins, "
                + "as docs/reference/database-roles.md says."
        case .unavailable(let reason), .database(let reason): "the database failed: \(reason)"
        }
    }
}
