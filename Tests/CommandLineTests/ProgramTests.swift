import Domain
import FoundationEssentials
import JobStorePostgres
import LocalCluster
import Pipeline
import ProgramFrame
import TestCluster
import TestSupport
import Testing

@testable import CommandLineClient

/// The program `millrace` as a client of a real ingest-api, its output going to a file.
@Suite(.serialized, .timeLimit(.minutes(5))) @MainActor struct ProgramTests {
    /// Lends a database and an API in front of it. Kafka is unreachable, which no command minds.
    private func lend(
        _ settings: [String: String] = [:],
        _ body: (TestDatabase, TestCluster) async throws -> Void
    ) async throws {
        let directory = "/tmp/millrace-cli-\(UUID().uuidString.prefix(8).lowercased())"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await TestDatabase.lend { database in
            let site = TestCluster.Site(
                programs: String(Runtime.program("millrace").dropLast("/millrace".count)),
                runtime: Runtime.path, kafkaBrokers: "127.0.0.1:1")
            let cluster = try TestCluster(
                site, directory: directory, databaseURL: database.url, settings: settings)
            defer { cluster.killAll() }
            try cluster.start("ingest-api")
            try await cluster.waitUntilReady(["ingest-api"])
            try await body(database, cluster)
        }
    }

    private struct Outcome: Sendable {
        let code: Int32?
        let output: String

        var json: [String: Anything]? {
            get throws {
                #expect(output.split(separator: "\n").count == 1, "one line")
                return try JSONDecoder().decode([String: Anything].self, from: Data(output.utf8))
            }
        }
    }

    /// Any JSON value, decoded without its content.
    private struct Anything: Decodable, Sendable {
        init(from decoder: any Decoder) throws {}
    }

    private func run(
        _ arguments: [String], on cluster: TestCluster, token: String? = "operator",
        _ environment: [String: String] = [:]
    ) async throws -> Outcome {
        let name = UUID().uuidString
        let url = "http://127.0.0.1:\(try cluster.port("ingest-api http"))"
        var environment = environment
        environment["MILLRACE_API_URL"] = environment["MILLRACE_API_URL"] ?? url
        environment["MILLRACE_DIRECTORY"] = cluster.directory + "/no-cluster"
        let exit = try await cluster.millrace(
            arguments + (token.map { ["--token", $0] } ?? []), as: name, environment)
        guard case .code(let code)? = exit else {
            return Outcome(code: nil, output: cluster.logText(of: name))
        }
        return Outcome(code: code, output: cluster.logText(of: name))
    }

    private func die(_ code: DocumentFailure, in database: TestDatabase) async throws -> JobID {
        let job = try await database.seedJob()
        let claimed = try await database.claim([job])[0]
        try await database.store.fail(
            claimed.claim, .permanent(.document(code), "cause of \(code.rawValue)"),
            verdict: .deadletter)
        return job
    }

    @Test func `each reading command prints text, or one line of JSON`() async throws {
        try await lend { database, cluster in
            let job = "\(try await die(.encrypted, in: database))"
            for (arguments, text) in [
                (["status"], "deadletter"), (["events", job], "cause of encrypted"),
                (["dead-letters", "causes"], "encrypted"), (["dead-letters", "list"], job),
                (["dead-letters", "show", job], "cause of encrypted"),
                (["spend"], "No provider was called"), (["audit", "--all"], "ok"),
            ] {
                let plain = try await run(arguments, on: cluster)
                #expect(plain.code == 0 && plain.output.contains(text), "\(plain)")
                #expect(!plain.output.contains("\u{1b}"), "no colour outside of a terminal")
                let json = try await run(arguments + ["--json"], on: cluster)
                #expect(json.code == 0, "\(json)")
                #expect(try json.json != nil)
            }
            for arguments in [["search", "dome"], ["watch"]] {
                let json = try await run(arguments + ["--json"], on: cluster, token: nil)
                #expect(json.code == 0, "\(json)")
                #expect(try json.json != nil)
            }
            // More events than a page has: the last one is shown, too.
            try await database.script(
                """
                INSERT INTO upload_pipeline.events (job_id, document_id, type, severity, code)
                SELECT job_id, document_id, 'retry', 'warn', 'number_' || n
                FROM upload_pipeline.upload_jobs, generate_series(1, 1100) n
                """)
            let long = try await run(["dead-letters", "show", job], on: cluster)
            #expect(long.output.contains("number_1\n") && long.output.contains("number_1100"))
            let page = try await run(["events", job, "--limit", "1"], on: cluster)
            #expect(page.output.contains("There are more: --after "), "\(page)")
        }
    }

    @Test func `a redrive is counted, done, and done again without effect`() async throws {
        try await lend { database, cluster in
            let job = try await die(.malformed, in: database)
            let arguments = ["dead-letters", "redrive", "--code", "malformed"]
            let dry = try await run(arguments + ["--dry-run"], on: cluster)
            #expect((dry.code, dry.output) == (0, "Jobs that would be redriven: 1\n"))
            #expect(try await database.position(job) == "queued/deadletter")
            let first = try await run(arguments, on: cluster)
            #expect((first.code, first.output) == (0, "Jobs redriven: 1\n"))
            #expect(try await database.position(job) == "queued/queued")
            let again = try await run(arguments, on: cluster)
            #expect((again.code, again.output) == (0, "Jobs redriven: 0\n"))
            let json = try await run(
                ["dead-letters", "purge", "--job", "\(job)", "--json"], on: cluster)
            #expect(json.output.contains(#""changed":0"#), "a live job stays: \(json)")
        }
    }

    @Test func `more dead letters than one call may change are redriven page by page`()
        async throws
    {
        try await lend { database, cluster in
            try await database.script(
                """
                WITH d AS (
                    INSERT INTO upload_pipeline.documents
                        (user_id, filename, mime, bytes_len, file_sha256, raw_path)
                    SELECT gen_random_uuid(), 'a.txt', 'text/plain', 3,
                        encode(sha256(n::text::bytea), 'hex'), 'storage://raw/u/' || n || '.txt'
                    FROM generate_series(1, 2345) n RETURNING document_id)
                INSERT INTO upload_pipeline.upload_jobs
                    (document_id, stage, state, finished_at, last_error)
                SELECT document_id, 'queued', 'deadletter', now(),
                    '{"error_type":"x","message":"y","timestamp":"z","retry_count":1}'::jsonb
                FROM d
                """)
            let outcome = try await run(["dead-letters", "redrive", "--all"], on: cluster)
            #expect((outcome.code, outcome.output) == (0, "Jobs redriven: 2345\n"))
        }
    }

    @Test func `a broken invariant is shown, and is the exit code`() async throws {
        try await lend { database, cluster in
            let job = try await database.seedJob()
            try await database.script("DELETE FROM upload_pipeline.events")
            for arguments in [["audit"], ["audit", "--json"]] {
                let outcome = try await run(arguments, on: cluster)
                #expect(outcome.code == CommandStatus.failure.rawValue)
                #expect(outcome.output.contains("\(job)"), "\(outcome)")
            }
            // The blob of the document was never written.
            let blobs = try await run(["audit", "--window", "2h", "--blobs"], on: cluster)
            #expect(blobs.output.contains("broken each blob"), "\(blobs)")
        }
    }

    @Test func `a missing, unknown or tenant's token ends with 77 and the next step`()
        async throws
    {
        try await lend { _, cluster in
            for token in ["unknown", nil] {
                let outcome = try await run(["status"], on: cluster, token: token)
                #expect(outcome.code == CommandStatus.notPermitted.rawValue, "\(outcome)")
                #expect(outcome.output.contains("(HTTP 401, unauthorized)"))
                #expect(outcome.output.contains("--token"))
            }
        }
        let tenant = "00000000-0000-4000-8000-000000000001"
        // The SHA-256 of "local".
        let digest = "25bf8e1a2393f1108d37029b3df5593236c755742ec93465bbafa9b290bddcf6"
        try await lend(["MILLRACE_TOKENS": "\(tenant) \(digest)"]) { _, cluster in
            let outcome = try await run(["spend"], on: cluster, token: "local")
            #expect(outcome.code == CommandStatus.notPermitted.rawValue)
            #expect(outcome.output.contains("operator_required"), "\(outcome)")
            #expect(outcome.output.contains("MILLRACE_OPERATOR_TOKEN"))
        }
    }

    @Test func `the variables of tokens are for operators and tenants`() async throws {
        try await lend { _, cluster in
            for variable in ["MILLRACE_OPERATOR_TOKEN", "MILLRACE_API_TOKEN"] {
                let outcome = try await run(
                    ["spend"], on: cluster, token: nil, [variable: "operator"])
                #expect(outcome.code == 0, "\(variable): \(outcome)")
            }
            let wrong = try await run(
                ["watch"], on: cluster, token: nil, ["MILLRACE_API_TOKEN": "operator"])
            #expect(wrong.output.contains("tenant_required"), "\(wrong)")
        }
    }

    @Test func `an API that is away or disabled is reported as such`() async throws {
        try await lend(["MILLRACE_OPERATIONS_POSTGRES_URL": ""]) { _, cluster in
            let away = try await run(
                ["status"], on: cluster, ["MILLRACE_API_URL": "http://127.0.0.1:1"])
            #expect(away.code == CommandStatus.unavailable.rawValue, "\(away)")
            #expect(away.output.hasPrefix("Error: The API at http://127.0.0.1:1 does not respond"))
            let disabled = try await run(["status"], on: cluster)
            #expect(disabled.code == CommandStatus.failure.rawValue, "\(disabled)")
            #expect(disabled.output.contains("MILLRACE_OPERATIONS_POSTGRES_URL"))
            let json = try await run(
                ["status", "--json"], on: cluster, ["MILLRACE_API_URL": "http://127.0.0.1:1"])
            #expect(json.code == CommandStatus.unavailable.rawValue, "\(json)")
            let line = try #require(json.output.split(separator: "\n").first)
            let parts = try APIClient.decoder.decode(
                [String: StatusFailure].self, from: Data(line.utf8))
            #expect(Array(parts.keys) == ["error"] && parts["error"]?.exitCode == 69)
            #expect(parts["error"]?.message.contains("http://127.0.0.1:1") == true)
        }
    }

    /// The failure in the output of `status --json`.
    private struct StatusFailure: Decodable, Sendable {
        let message: String
        let exitCode: Int
    }

    @Test func `an empty variable counts as unset`() async throws {
        try await lend { _, cluster in
            let outcome = try await run(["spend"], on: cluster, ["MILLRACE_API_URL": ""])
            #expect(outcome.output.contains("There is no cluster in "), "\(outcome)")
            let token = try await run(
                ["spend"], on: cluster, token: nil,
                ["MILLRACE_OPERATOR_TOKEN": "", "MILLRACE_API_TOKEN": "operator"])
            #expect(token.code == 0, "\(token)")
        }
    }

    @Test func `the commands that open the database end with 69 when it is away`() async throws {
        try await lend { _, cluster in
            let url = "postgresql://127.0.0.1:1/x"
            for arguments in [
                ["migrate", "--url", url],
                ["backup", "create", "--url", url, cluster.directory + "/backup"],
                ["backup", "hold", "--url", url, "--", "true"],
            ] {
                let outcome = try await run(
                    arguments, on: cluster, token: nil,
                    ["MILLRACE_BLOB_ROOT": cluster.directory + "/blobs"])
                #expect(outcome.code == CommandStatus.unavailable.rawValue, "\(outcome)")
                #expect(outcome.output.contains("'millrace up'"), "\(outcome)")
            }
        }
    }

    @Test func `submit ends with the worst of its failures`() async throws {
        try await lend { _, cluster in
            let folder = cluster.directory + "/documents"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            try "a text".write(toFile: folder + "/a.txt", atomically: true, encoding: .utf8)
            let accepted = try await run(["submit", folder], on: cluster, token: nil)
            #expect(accepted.code == 0, "\(accepted)")
            let unknown = try await run(["submit", folder], on: cluster, token: "unknown")
            #expect(unknown.code == CommandStatus.notPermitted.rawValue, "\(unknown)")
            let away = try await run(
                ["submit", folder], on: cluster, token: nil,
                ["MILLRACE_API_URL": "http://127.0.0.1:1"])
            #expect(away.code == CommandStatus.unavailable.rawValue, "\(away)")
            try "".write(toFile: folder + "/b.txt", atomically: true, encoding: .utf8)
            let empty = try await run(["submit", folder], on: cluster, token: nil)
            #expect(empty.code == CommandStatus.failure.rawValue, "\(empty)")
        }
    }

    @Test func `a tenant is advised what a tenant may do`() async throws {
        try await lend { database, cluster in
            _ = try await database.seedJob()
            for arguments in [["search", "dome"], ["watch", "--timeout", "1s"]] {
                let outcome = try await run(arguments, on: cluster, token: nil)
                #expect(outcome.output.contains("'millrace watch'"), "\(outcome)")
                #expect(!outcome.output.contains("millrace status"), "\(outcome)")
            }
        }
    }

    @Test func `a program logs its version when it starts`() async throws {
        try await lend { _, cluster in
            let start = try #require(
                cluster.logText(of: "ingest-api").split(separator: "\n").first {
                    $0.contains(#""message":"starting""#)
                })
            #expect(start.contains(#""version":"\#(MillraceVersion.current)""#), "\(start)")
        }
    }

    @Test func `help and completions need no API`() async throws {
        try await lend { _, cluster in
            let help = try await run(["--help"], on: cluster, token: nil)
            #expect(help.code == 0)
            // The lines are wrapped.
            let words = help.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            for status in CommandStatus.allCases {
                #expect(words.contains(" \(status.rawValue) \(status.meaning) "), "\(status)")
            }
            let usage = try await run(["audit", "--hours", "2"], on: cluster, token: nil)
            #expect(usage.code == CommandStatus.usage.rawValue)
            #expect(usage.output.contains("Unknown option '--hours'"), "\(usage)")
            for shell in ["bash", "zsh", "fish"] {
                let script = try await run(
                    ["--generate-completion-script", shell], on: cluster, token: nil)
                #expect(script.code == 0 && script.output.contains("dead-letters"), "\(shell)")
            }
        }
    }
}
