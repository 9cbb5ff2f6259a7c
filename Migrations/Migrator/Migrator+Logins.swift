import Postgres

extension Migrator {
    /// Creates each login, or sets its password if it exists; all of them or none. The server
    /// receives verifiers, never a password.
    ///
    /// Other logins stay as they are.
    package func apply(_ logins: [ProgramLogin]) async throws(ProgramLoginError) {
        guard !logins.isEmpty else { return }
        do {
            try await pool.transaction { connection in
                try await connection.executeScript(Self.lock)
                for login in logins { try await Self.apply(login, connection) }
            }
        } catch let error as ProgramLoginError {
            throw error
        } catch let error as PostgresError where error.sqlState == "42501" {
            throw .forbidden(error.message)
        } catch let error as PostgresError where error.affectsEveryStatement {
            throw .unavailable("\(error)")
        } catch {
            throw .database("\(error)")
        }
    }

    private static func apply(
        _ login: ProgramLogin, _ connection: PostgresConnection
    ) async throws {
        let found = try await connection.query(PostgresStatement(lookUp, login.name))
        let memberships = try found.first.map { try $0.decode(0, as: String.self) }
        guard memberships == nil || memberships == login.program.name else {
            throw ProgramLoginError.taken(login.name)
        }
        guard
            let verifier = await connection.scramVerifier(of: login.password, for: login.name)
        else { throw ProgramLoginError.password(login.name) }
        let statement =
            memberships == nil
            ? PostgresStatement(create, login.name, verifier, login.program.name)
            : PostgresStatement(change, login.name, verifier)
        let script = try await connection.query(statement).first?.decode(0, as: String.self)
        if let script { try await connection.executeScript(script) }
    }

    /// The names of the roles that a role belongs to. Empty, which matches no program, if there are
    /// none or if the role is more than a login.
    private static let lookUp = """
        SELECT CASE WHEN NOT rolcanlogin OR rolsuper OR rolcreaterole OR rolcreatedb
                OR rolreplication OR rolbypassrls THEN ''
            ELSE coalesce((SELECT string_agg(r.rolname, ' ') FROM pg_auth_members m
                           JOIN pg_roles r ON r.oid = m.roleid WHERE m.member = l.oid), '') END
        FROM pg_roles l WHERE rolname = $1::text
        """

    /// CREATE ROLE and ALTER ROLE accept no parameters, so the server writes the values into them.
    private static let create = """
        SELECT format('CREATE ROLE %I LOGIN PASSWORD %L IN ROLE %I',
            $1::text, $2::text, $3::text)
        """

    private static let change = """
        SELECT format('ALTER ROLE %I PASSWORD %L', $1::text, $2::text)
        """
}
