import LocalCluster
import FoundationEssentials
import TestSupport
import Testing

/// Real documents through real processes.
@Suite(.serialized, .timeLimit(.minutes(5))) struct UploadToSearchTests {
    private static let demo = Runtime.repository + "/demo/documents"

    /// The document that search must rank first for each question of the demo.
    private static let questions = [
        ("what wind speed forces the dome to close?", "observatory-handbook.pdf"),
        ("who pays when a train is cancelled because of snow?", "railway-conditions.docx"),
        ("how long must sourdough rest in the cold?", "sourdough-manual.md"),
    ]

    @Test func `every document becomes searchable although each program is killed once`()
        async throws
    {
        try await Cluster.lend { cluster in
            let names = try FileManager.default.contentsOfDirectory(atPath: Self.demo)
            let load = try cluster.write(Self.smallDocuments(60))
            async let submitted = cluster.run("submit", "--watch", Self.demo, load)
            for name in [
                "parse-worker-1", "chunk-worker-1", "embed-worker-1", "flusher-1", "reconciler",
                "embedded-broker", "parse-worker-2", "chunk-worker-2", "embed-worker-2",
            ] where try cluster.process(name) != nil {
                try await cluster.kill(name)
            }
            try await submitted.succeeded()
            try await Self.expectAllSearchable(cluster, documents: names.count + 60)
            try await Self.expectLoginsOfTheirOwn(cluster)
            for (question, document) in Self.questions {
                let answer = try await cluster.run("search", "-k", "1", question).succeeded()
                #expect(answer.hasPrefix("1. \(document)"), "\(question)\n\(answer)")
            }
            // The API and the database also recover from a kill while no work is in progress.
            try await cluster.kill("ingest-api")
            try await cluster.kill("postgres")
            let again = try await Self.untilAnswered { try await cluster.run("submit", Self.demo) }
            #expect(
                again.split(separator: "\n").count { $0.hasSuffix("(known already)") }
                    == names.count)
            try await cluster.run("audit").succeeded()
        }
    }

    @Test func `documents are processed the same way with an S3 bucket`() async throws {
        let bucket = try await S3Server.bucket()
        try await Cluster.lend(bucket.settings) { cluster in
            let names = try FileManager.default.contentsOfDirectory(atPath: Self.demo)
            try await cluster.run("submit", "--watch", Self.demo).succeeded()
            try await Self.expectAllSearchable(cluster, documents: names.count)
            for (question, document) in Self.questions {
                let answer = try await cluster.run("search", "-k", "1", question).succeeded()
                #expect(answer.hasPrefix("1. \(document)"), "\(question)\n\(answer)")
            }
            // boto3 finds exactly the accepted files, and one parsed text per file.
            let stored = try await bucket.objects().map { $0.split(separator: " ") }
            let accepted = try await cluster.texts(
                "SELECT file_sha256 FROM upload_pipeline.documents ORDER BY 1")
            #expect(
                stored.filter { $0[0].hasPrefix("raw/") }.map { String($0[2]) }.sorted()
                    == accepted)
            #expect(stored.count { $0[0].hasPrefix("parsed/") } == names.count)
            #expect(!FileManager.default.fileExists(atPath: cluster.layout.blobs + "/raw"))
            let audit = try await cluster.run("audit", "--blobs").succeeded()
            #expect(audit.contains("is in the store (\(names.count * 2) of \(names.count * 2))"))
            let backup = cluster.directory + "/backup"
            let created = try await cluster.run("backup", "create", backup).succeeded()
            #expect(created.contains("Blobs: \(names.count * 2),"), "\(created)")
        }
    }

    @Test func `chunks respect a size limit in characters`() async throws {
        let settings = [
            "MILLRACE_CHUNK_MEASURE": "characters", "MILLRACE_CHUNK_MAX": "240",
            "MILLRACE_CHUNK_OVERLAP": "0",
        ]
        try await Cluster.lend(settings) { cluster in
            try await cluster.run("submit", "--watch", Self.demo).succeeded()
            let chunks = try await cluster.texts(
                """
                SELECT concat_ws(' ', chunker_name, chunker_version, char_length(text) <= 240,
                    tokens IS NULL, max(char_length(text)) OVER () > 200)
                FROM upload_pipeline.document_chunks
                """)
            #expect(Set(chunks) == ["markdown-characters 2-203-240-0-110 t t t"])
            try await cluster.run("audit").succeeded()
        }
    }

    @Test func `an unreadable document becomes a dead letter and affects no other document`()
        async throws
    {
        try await Cluster.lend { cluster in
            let bad = try cluster.write([
                "truncated.pdf": Array("%PDF-1.7\n1 0 obj\n<< /Type /Catalog".utf8),
                "empty.txt": [], "program.bin": [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0],
                "blank.md": Array(" \n\n \n".utf8),
            ])
            let good = try cluster.write(["good.md": Array("# Tides\n\nThe moon lifts them.".utf8)])
            let refused = try await cluster.run("submit", bad)
            #expect(refused.exit == .code(1))
            #expect(refused.output.split(separator: "\n").count { $0.contains("refused") } == 2)
            try await cluster.run("submit", "--watch", good).succeeded()
            let watched = try await cluster.run("watch")
            try watched.succeeded()
            let dead = try await cluster.run("dead-letters", "list").succeeded()
            #expect(dead.contains("truncated.pdf") && dead.contains("malformed"), "\(dead)")
            #expect(dead.contains("blank.md"), "\(dead)")
            let answer = try await cluster.run("search", "-k", "1", "what does the moon do?")
                .succeeded()
            #expect(answer.hasPrefix("1. good.md"), "\(answer)")
            let job = try await cluster.texts(
                "SELECT job_id::text FROM upload_pipeline.upload_jobs WHERE state = 'done'")[0]
            let history = try await cluster.run("events", job).succeeded()
            #expect(history.contains("embedded/done"), "\(history)")
            let seen = try await cluster.run("events", "--as-tenant", job).succeeded()
            #expect(seen.contains("embedded/done"), "\(seen)")
            let redriven = try await cluster.run("dead-letters", "redrive", "--all").succeeded()
            #expect(redriven.hasPrefix("Jobs redriven: 2"))
            let dying = "SELECT 1 FROM upload_pipeline.upload_jobs WHERE finished_at IS NULL"
            while try await !cluster.texts(dying).isEmpty {
                try await Task.sleep(for: .milliseconds(50))
            }
            let purged = try await cluster.run("dead-letters", "purge", "--all").succeeded()
            #expect(purged.hasPrefix("Jobs deleted: 2"))
            try await cluster.run("audit").succeeded()
        }
    }

    /// Expects planned = flushed = distinct for all documents, and empty buffers.
    private static func expectAllSearchable(_ cluster: Cluster, documents: Int) async throws {
        try await cluster.run("audit").succeeded()
        let states = try await cluster.texts(
            "SELECT DISTINCT stage || '/' || state FROM upload_pipeline.upload_jobs")
        #expect(states == ["embedded/done"])
        let counts = try await cluster.texts(
            """
            SELECT concat_ws(' ', count(*), sum(expected_chunks) = sum(n), bool_and(n > 0))
            FROM upload_pipeline.upload_jobs j, LATERAL (
                SELECT count(*) AS n FROM upload_pipeline.document_chunks c
                WHERE c.document_id = j.document_id) AS found
            """)
        #expect(counts == ["\(documents) t t"])
        let left = try await cluster.texts(
            """
            SELECT (SELECT count(*) FROM upload_pipeline.document_vector_buffer)
                 + (SELECT count(*) FROM upload_pipeline.document_chunk_buffer)
            """)
        #expect(left == ["0"])
    }

    /// Each running program has its own login. The owner, 'millrace', only migrates and runs these
    /// queries.
    private static func expectLoginsOfTheirOwn(_ cluster: Cluster) async throws {
        let users = try await cluster.texts(
            """
            SELECT DISTINCT split_part(application_name, '@', 1) || ' ' || usename
            FROM pg_stat_activity
            WHERE datname = current_database() AND application_name <> 'millrace' ORDER BY 1
            """)
        let programs = [
            "chunk-worker", "embed-worker", "flusher", "ingest-api", "parse-worker", "reconciler",
        ]
        let logins = programs.map { "\($0) \($0.replacing("-", with: "_"))" }
        // The API serves /v1/operations with an operator's login.
        #expect(users == (logins + ["ingest-api operator"]).sorted())
        let owners = try await cluster.texts(
            """
            SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'upload_pipeline'
            """)
        #expect(owners == ["millrace"])
    }

    private static func smallDocuments(_ count: Int) -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for number in 0..<count {
            let text =
                "# Parcel \(number)\n\n"
                + String(repeating: "Parcel \(number) lies in bay \(number * 7 % 31). ", count: 60)
            files["parcel-\(number).md"] = Array(text.utf8)
        }
        return files
    }

    /// Retries until the command succeeds; the test's time limit bounds the wait.
    private static func untilAnswered(
        _ attempt: () async throws -> Outcome
    ) async throws -> String {
        while true {
            let outcome = try await attempt()
            if outcome.exit == .code(0) { return outcome.output }
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}
