import CLibPQ

/// A connection string as environment variables for PostgreSQL's own programs. Unlike arguments,
/// they are not visible to other users of the machine.
package struct ConnectionVariables: Sendable, Equatable {
    package let environment: [String: String]
    /// The options without an environment variable. Never contains a password.
    package let conninfo: String

    package init(_ conninfo: String) throws(PostgresError) {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(conninfo, &message) else {
            defer { PQfreemem(message) }
            // libpq's message may quote the string and so the password.
            throw PostgresError(
                .connection,
                "the connection string is neither a postgres:// URI nor a list of name=value")
        }
        defer { PQconninfoFree(options) }
        var environment: [String: String] = [:]
        var rest = ["fallback_application_name=millrace"]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val.map({ String(cString: $0) }) {
                if let variable = option.pointee.envvar {
                    environment[String(cString: variable)] = value
                } else if String(cString: option.pointee.dispchar) != "*" {
                    rest.append("\(String(cString: keyword))='\(Self.escaped(value))'")
                }
            }
            option += 1
        }
        self.environment = environment
        self.conninfo = rest.joined(separator: " ")
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
    }
}
