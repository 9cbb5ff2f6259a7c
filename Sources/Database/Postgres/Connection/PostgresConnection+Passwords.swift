import CLibPQ

extension PostgresConnection {
    /// What a server keeps of a password (SCRAM-SHA-256, with a fresh salt), made here so that the
    /// password itself is never sent; `nil` when libpq refuses it.
    package func scramVerifier(of password: String, for user: String) -> String? {
        guard let text = PQencryptPasswordConn(connection, password, user, "scram-sha-256") else {
            return nil
        }
        defer { PQfreemem(text) }
        return String(cString: text)
    }
}
