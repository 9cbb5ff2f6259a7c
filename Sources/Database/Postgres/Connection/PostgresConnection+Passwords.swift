import CLibPQ

extension PostgresConnection {
    /// Returns the SCRAM-SHA-256 verifier that a server stores for a password, with a fresh salt.
    /// It is computed here so that the password itself is never sent. `nil` when libpq rejects it.
    package func scramVerifier(of password: String, for user: String) -> String? {
        guard let text = PQencryptPasswordConn(connection, password, user, "scram-sha-256") else {
            return nil
        }
        defer { PQfreemem(text) }
        return String(cString: text)
    }
}
