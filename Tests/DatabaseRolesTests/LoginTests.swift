import LocalCluster
import FoundationEssentials
import Migrations
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct LoginTests {
    @Test func `a login has its program's privileges and accepts only its new password`()
        async throws
    {
        try await Self.lend { database, name in
            let migrator = Migrator(pool: database.pool)
            let first = ProgramLogin(program: .parseWorker, name: name, password: "first: ü'\\ ")
            try await migrator.apply([first])
            let own = try await Self.answer(database, first, "SELECT count(state) FROM upload_jobs")
            #expect(own == "0")
            let other = try await Self.answer(database, first, "SELECT text FROM document_chunks")
            #expect(other == "42501")

            let second = ProgramLogin(program: .parseWorker, name: name, password: "second")
            try await migrator.apply([second])
            #expect(try await Self.answer(database, first, "SELECT 1") == "refused")
            #expect(try await Self.answer(database, second, "SELECT 1") == "1")
            let kept = try await database.texts(
                "SELECT left(rolpassword, 19) FROM pg_authid WHERE rolname = '\(name)'")
            #expect(kept == ["SCRAM-SHA-256$4096:"])
        }
    }

    @Test func `passwords are never sent to the server in clear text`() async throws {
        try await Self.lend { database, name in
            // The server sends the client everything that a log of all statements would contain.
            let told = Lines()
            let url =
                database.url + "?options=-c%20client_min_messages%3Dlog%20-c%20log_statement%3Dall"
            let pool = PostgresPool(
                PostgresConfiguration(conninfo: url, onNotice: { told.append($0) }))
            let login = ProgramLogin(program: .flusher, name: name, password: "hush-hush")
            try await Migrator(pool: pool).apply([login])
            await pool.close()
            #expect(told.all.contains { $0.contains("CREATE ROLE") })
            #expect(!told.all.contains { $0.contains("hush") })
        }
    }

    @Test(arguments: ["millrace_flusher", "myself", "pg_read_all_data", "another"])
    func `a name that belongs to another role is refused, and no login is created`(
        taken: String
    ) async throws {
        try await Self.lend { database, name in
            var taken = taken
            if taken == "myself" { taken = try await database.texts("SELECT current_user")[0] }
            if taken == "another" {
                taken = name + "_other"
                try await database.script("CREATE ROLE \(taken) LOGIN")
            }
            let logins = [
                ProgramLogin(program: .flusher, name: name, password: "a"),
                ProgramLogin(program: .flusher, name: taken, password: "b"),
            ]
            await #expect(throws: ProgramLoginError.taken(taken)) {
                try await Migrator(pool: database.pool).apply(logins)
            }
            let made = "SELECT 1 FROM pg_roles WHERE rolname = '\(name)'"
            #expect(try await database.texts(made) == [])
            if taken.hasPrefix(name) { try await database.script("DROP ROLE \(taken)") }
        }
    }

    @Test func `a login of one program cannot be reassigned to another program`() async throws {
        try await Self.lend { database, name in
            let migrator = Migrator(pool: database.pool)
            try await migrator.apply([.init(program: .flusher, name: name, password: "a")])
            await #expect(throws: ProgramLoginError.taken(name)) {
                try await migrator.apply([.init(program: .operator, name: name, password: "a")])
            }
        }
    }

    @Test func `the list of logins allows comments, blank lines and spaces in passwords`() throws {
        let logins = try ProgramLogin.parse(
            "# who\n\nflusher  flusher\tpass word \r\ningest-api api_1 x\ningest-api api_2 y")
        #expect(
            logins == [
                ProgramLogin(program: .flusher, name: "flusher", password: "pass word"),
                ProgramLogin(program: .ingestAPI, name: "api_1", password: "x"),
                ProgramLogin(program: .ingestAPI, name: "api_2", password: "y"),
            ])
    }

    @Test(arguments: [
        ("", ProgramLoginError.none), ("# nobody\n", .none),
        ("flusher flusher", .line(1, "it must be program, name and password")),
        ("\nflusher a b\nflusher a c", .line(3, "the name is already in an earlier line")),
        (
            "flusher \(String(repeating: "x", count: 64)) p",
            .line(1, "the name must be at most 63 bytes")
        ),
    ])
    func `an empty or invalid list of logins is refused with its error`(
        text: String, error: ProgramLoginError
    ) {
        #expect(throws: error) { try ProgramLogin.parse(text) }
    }

    /// Any word of a wrong line may be a password.
    @Test(arguments: [
        "hush flusher flusher", "hush", "flusher hush",
        "flusher hush a\nflusher hush b", "flusher \(String(repeating: "hush", count: 20)) p",
    ])
    func `a wrong line is named by its number, without a word of it`(text: String) {
        let error = #expect(throws: ProgramLoginError.self) { try ProgramLogin.parse(text) }
        let lines = text.split(separator: "\n").count
        #expect(error?.description.contains("line \(lines) of the logins") == true)
        #expect(error?.description.contains("hush") == false)
    }

    @Test func `the embedded cluster has a login for each program`() {
        let users = DatabaseUser.allCases.filter { $0 != .owner }
        #expect(users.map(\.rawValue) == ProgramRole.allCases.map(\.rawValue))
        #expect(Set(users.map(\.name)).isDisjoint(with: ProgramRole.allCases.map(\.name)))
    }

    /// Lends a database and the name of a login, which is dropped at the end.
    private static func lend(
        _ body: (TestDatabase, String) async throws -> Void
    ) async throws {
        try await TestDatabase.lend { database in
            let name = "test_" + UUID().uuidString.prefix(8).lowercased()
            try await body(database, name)
            try await database.script("DROP ROLE IF EXISTS \(name)")
        }
    }

    /// Runs a query under a login. Returns its first value, the SQL state, or `refused` if the
    /// login fails.
    private static func answer(
        _ database: TestDatabase, _ login: ProgramLogin, _ sql: String
    ) async throws -> String {
        let place = try #require(database.url.firstIndex(of: "@"))
        let password = login.password.addingPercentEncoding()
        let url = "postgresql://\(login.name):\(password)" + database.url[place...]
        let pool = PostgresPool(
            PostgresConfiguration(
                conninfo: url + "?options=-c%20search_path%3Dupload_pipeline"))
        let outcome: String
        do throws(PostgresError) {
            let rows = try await pool.query(PostgresStatement("SELECT t::text FROM (\(sql)) q (t)"))
            outcome = try rows.first?.decode(0, as: String.self) ?? ""
        } catch {
            outcome = error.sqlState ?? (error.kind == .connection ? "refused" : "\(error)")
        }
        await pool.close()
        return outcome
    }
}

/// Collects lines from any thread.
private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    func append(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

extension String {
    /// Every byte as `%XX`.
    fileprivate func addingPercentEncoding() -> String {
        utf8.map { byte in
            let digits = String(byte, radix: 16)
            return "%" + (digits.count < 2 ? "0" : "") + digits
        }.joined()
    }
}
