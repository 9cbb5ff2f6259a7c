import Postgres
import Testing

@Suite struct ConnectionTests {
    @Test func `a URL becomes variables, so that no password is an argument`() throws {
        let variables = try ConnectionVariables(
            "postgresql://owner:se%20cret@db.example:5433/millrace?sslmode=require"
                + "&keepalives_idle=9")
        #expect(variables.environment["PGPASSWORD"] == "se cret")
        #expect(variables.environment["PGHOST"] == "db.example")
        #expect(variables.environment["PGPORT"] == "5433")
        #expect(variables.environment["PGUSER"] == "owner")
        #expect(variables.environment["PGDATABASE"] == "millrace")
        #expect(variables.environment["PGSSLMODE"] == "require")
        #expect(variables.conninfo.contains("keepalives_idle='9'"))
        #expect(!variables.conninfo.contains("cret"))
    }

    @Test func `an invalid connection string is not repeated in the error`() {
        let error = #expect(throws: PostgresError.self) {
            try ConnectionVariables("postgresql://owner:secret@db/x?secret=1")
        }
        #expect(error.map { !"\($0)".contains("secret") } == true)
    }
}
