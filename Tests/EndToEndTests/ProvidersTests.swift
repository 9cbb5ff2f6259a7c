import AsyncHTTPClient
import LocalCluster
import Foundation
import Glibc
import NIOCore
import TestSupport
import Testing

/// Sends documents through services with every kind of fault; checks the accounts and that no
/// secret leaks.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ProvidersTests {
    /// `MILLRACE_TEST_DOCUMENTS`: the number of documents, for larger runs by hand.
    private static let documents =
        environment("DOCUMENTS").flatMap { Int($0) } ?? 60
    /// `MILLRACE_TEST_FAULTS`: the share of calls that each of the 14 faults affects.
    private static let faults = environment("FAULTS").flatMap { Double($0) } ?? 0.1 / 14

    private static func environment(_ name: String) -> String? {
        ProcessInfo.processInfo.environment["MILLRACE_TEST_\(name)"]
    }

    private static let secret = "sk-never-to-be-seen-4711"

    /// mock-services in a separate process. Each of its 14 faults affects this share of all calls.
    private struct Services {
        let url: String
        private let child: ChildProcess

        init(faults: Double) async throws {
            let port = try FreePort.find(excluding: [])
            url = "http://127.0.0.1:\(port)"
            child = try ChildProcess.start(
                ProcessSpecification(
                    executable: Runtime.program("mock-services"),
                    environment: [
                        "PATH": "/usr/bin:/bin", "MILLRACE_HTTP_PORT": "\(port)",
                        "MILLRACE_API_KEY": ProvidersTests.secret,
                        "MILLRACE_FAULTS": "all=\(faults)",
                        "MILLRACE_ADMIN_PORT": "any",
                    ], log: "/dev/null"))
            while (try? await ProvidersTests.get(url + "/mock/health")) == nil {
                try await Task.sleep(for: .milliseconds(50))
            }
        }

        func end() { child.signal(SIGKILL) }

        struct Counts: Decodable {
            var calls: Int
            var units: Int
            var tokens: Int
            var faults: [String: Int]
        }

        func counts() async throws -> [String: Counts] {
            try JSONDecoder().decode(
                [String: Counts].self,
                from: Data(try await ProvidersTests.get(url + "/mock/counts")))
        }
    }

    private static func get(_ url: String) async throws -> [UInt8] {
        let response = try await HTTPClient.shared.get(url: url).get()
        return response.body.map { Array($0.readableBytesView) } ?? []
    }

    @Test func `provider faults lose no document and no call record, and no key leaks`()
        async throws
    {
        let services = try await Services(faults: Self.faults)
        defer { services.end() }
        let settings = [
            "MILLRACE_EMBEDDER": "openai", "MILLRACE_OPENAI_BASE_URL": services.url + "/v1",
            "MILLRACE_OPENAI_API_KEY": Self.secret, "MILLRACE_OPENAI_TIMEOUT": "3s",
            "MILLRACE_OPENAI_COOLDOWN": "1s", "MILLRACE_PARSER": "llamaparse",
            "MILLRACE_LLAMAPARSE_BASE_URL": services.url, "MILLRACE_LLAMAPARSE_TYPES": "md",
            "MILLRACE_LLAMAPARSE_API_KEY": Self.secret, "MILLRACE_LLAMAPARSE_TIMEOUT": "3s",
            "MILLRACE_LLAMAPARSE_POLL_INTERVAL": "100ms", "MILLRACE_LLAMAPARSE_COOLDOWN": "1s",
            "MILLRACE_SLOTS": "16", "MILLRACE_OPENAI_BATCH_SIZE": "16",
            // With the default of five, random faults alone could make a dead letter.
            "MILLRACE_MAX_ATTEMPTS": "30",
        ]
        try await Cluster.lend(settings) { cluster in
            let folder = try cluster.write(Self.files)
            async let submitted = cluster.run("submit", "--watch", folder)
            let arguments = try Self.argumentsOfAllProcesses()
            _ = try await submitted
            try await Self.redriveFailedPages(cluster)
            let ends = try await cluster.texts(
                """
                SELECT concat_ws(' ', stage, state, count(*)) FROM upload_pipeline.upload_jobs
                GROUP BY stage, state
                """)
            #expect(ends == ["embedded done \(Self.documents)"])
            try await cluster.run("audit").succeeded()
            try await Self.expectTrueAccounts(cluster, try await services.counts())
            try await Self.expectNoSecret(cluster, arguments)
        }
    }

    private static var files: [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for number in 0..<documents {
            let text = (0..<8).map { part in
                "# Voyage \(number), part \(part)\n\n"
                    + String(repeating: "On voyage \(number) they saw island \(part). ", count: 20)
            }.joined(separator: "\u{0C}")
            files["voyage-\(number).md"] = Array(text.utf8)
        }
        return files
    }

    /// Redrives the documents with a failed page until no dead letter is left. Each redrive parses
    /// the document again.
    private static func redriveFailedPages(_ cluster: Cluster) async throws {
        while true {
            let causes = try await cluster.texts(
                """
                SELECT DISTINCT last_error->>'error_type' FROM upload_pipeline.upload_jobs
                WHERE state = 'deadletter'
                """)
            guard !causes.isEmpty else { return }
            try #require(causes == ["pages_missing"])
            try await cluster.run("dead-letters", "redrive", "--all").succeeded()
            _ = try await cluster.run("watch")
        }
    }

    /// The ledger equals the server's counts, except for answers that never arrived. Their cost is
    /// unknown, and the ledger records them as `provider_unreachable`.
    private static func expectTrueAccounts(
        _ cluster: Cluster, _ counted: [String: Services.Counts]
    ) async throws {
        for (operation, endpoint, amount) in [
            ("embed", "embeddings", "tokens"), ("parse", "parse", "units"),
        ] {
            let sums = try await cluster.texts(
                """
                SELECT concat_ws(' ', count(DISTINCT call_id),
                    count(DISTINCT call_id) FILTER (WHERE outcome = 'begun'),
                    coalesce(sum(\(amount)) FILTER (WHERE outcome <> 'provider_unreachable'
                        AND (operation = 'embed' OR outcome = 'ok')), 0),
                    coalesce(sum(\(amount)) FILTER (WHERE outcome <> 'ok'), 0),
                    count(DISTINCT call_id) FILTER (WHERE outcome = 'provider_unreachable'))
                FROM upload_pipeline.provider_calls WHERE operation = '\(operation)'
                """)
            let ledger = sums[0].split(separator: " ").compactMap { Int($0) }
            let server = try #require(counted[endpoint])
            let billed = operation == "embed" ? server.tokens : server.units
            print(
                "\(operation): calls \(ledger[0]) (server \(server.calls)), \(amount) \(ledger[2])",
                "(server \(billed)), of them wasted \(operation == "embed" ? ledger[3] : 0),",
                "answers lost \(ledger[4]); faults \(server.faults.sorted { $0.key < $1.key })")
            #expect(ledger[0] == server.calls)
            #expect(ledger[1] == 0)
            #expect(ledger[2] <= billed)
            // Hung and stalled calls are not billed. Billed answers are lost only by a reset or a
            // timeout on a busy machine.
            let unbilled = (server.faults["hang"] ?? 0) + (server.faults["stall"] ?? 0)
            let failedJobs = server.faults["repeated_index"] ?? 0
            if ledger[4] == unbilled, operation == "embed" || failedJobs == 0 {
                #expect(ledger[2] == billed)
            }
        }
    }

    // MARK: Secrets

    private static func argumentsOfAllProcesses() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }
            .compactMap { FileManager.default.contents(atPath: "/proc/\($0)/cmdline") }
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private static func expectNoSecret(_ cluster: Cluster, _ arguments: [String]) async throws {
        #expect(arguments.count > 8)
        #expect(!arguments.contains { $0.contains(secret) })
        let names = try FileManager.default.subpathsOfDirectory(atPath: cluster.directory)
        let readable = names.filter { !$0.hasPrefix("postgres/") }
        #expect(readable.contains { $0.hasSuffix(".log") })
        for name in readable {
            let bytes = FileManager.default.contents(atPath: "\(cluster.directory)/\(name)")
            #expect(bytes?.firstRange(of: Data(secret.utf8)) == nil, "\(name)")
        }
        for table in ["upload_jobs", "events", "provider_calls", "provider_states", "documents"] {
            let found = try await cluster.texts(
                "SELECT count(*) FROM upload_pipeline.\(table) t WHERE t::text LIKE '%\(secret)%'")
            #expect(found == ["0"], "\(table)")
        }
        for process in try ClusterState.read(cluster.layout)?.processes ?? [] {
            guard let port = process.adminPort else { continue }
            let metrics = String(
                decoding: try await get("http://127.0.0.1:\(port)/metrics"), as: UTF8.self)
            #expect(metrics.contains("# TYPE") || !process.name.contains("worker"))
            #expect(!metrics.contains(secret), "\(process.name)")
        }
        let status = try await cluster.run("status").succeeded()
        #expect(status.contains("127.0.0.1"))
        #expect(!status.contains(secret))
    }
}
