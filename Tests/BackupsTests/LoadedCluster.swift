import AsyncHTTPClient
import LocalCluster
import FoundationEssentials
import Glibc
import NIOCore
import NIOHTTP1
import TestCluster
import Testing

/// A cluster of real programs whose documents can be held at any stage.
@MainActor
struct LoadedCluster {
    let cluster: TestCluster
    let database: TrialDatabase

    private static let workers = ["parse-worker", "chunk-worker", "embed-worker", "flusher"]

    init(_ directory: String, _ database: TrialDatabase) throws {
        // The lease is much longer than the test, so claims of the old cluster must end otherwise.
        cluster = try TestCluster(
            .built, directory: directory, databaseURL: database.url,
            settings: [
                "MILLRACE_LEASE": "10m", "MILLRACE_HEARTBEAT_INTERVAL": "3m",
                "MILLRACE_RETRY_BASE": "250ms",
                "MILLRACE_IDLE_WAIT": "100ms", "MILLRACE_POSTGRES_CONNECTIONS": "3",
                "MILLRACE_LOOKUP_CONNECTIONS": "1",
                "MILLRACE_KAFKA_PROPERTIES": "session.timeout.ms=3000;heartbeat.interval.ms=500",
            ])
        self.database = database
    }

    func startAll() async throws {
        try cluster.start("embedded-broker")
        try await cluster.waitUntilReady(["embedded-broker"])
        let programs = ["ingest-api", "reconciler"] + Self.workers
        for program in programs { try cluster.start(program) }
        try await cluster.waitUntilReady(programs)
    }

    // MARK: Documents

    /// Leaves documents at every resting position, under a live claim and as a dead letter.
    /// Suspends the workers one by one, the last of the pipeline first.
    func spreadOverStages() async throws {
        try await submit("finished", count: 3)
        try await untilAllHaveEnded()
        try await submit(["broken.pdf": "%PDF-1.7\n1 0 obj\n<< /Type /Catalog"])
        try await untilAllHaveEnded()
        for (worker, name, position) in [
            ("flusher", "embedded", "embedding/done"),
            ("embed-worker", "buffered", "chunks_buffered/done"),
            ("chunk-worker", "parsed", "parse_validated/done"),
        ] {
            cluster.signal(worker, SIGSTOP)
            try await submit(name, count: 3)
            try await untilCount(3, at: position)
        }
        cluster.signal("parse-worker", SIGSTOP)
        try await submit("claimed", count: 3)
        try cluster.start(
            "parse-worker", as: "claimant", ["MILLRACE_FAIL_POINT": "stop after claimWaiting"])
        try await cluster.until("a worker froze with its claims", within: .seconds(90)) {
            cluster.isStopped("claimant")
        }
        try await untilCount(3, at: "queued/working")
        try await submit("queued", count: 3)
        try await untilCount(3, at: "queued/queued")
    }

    /// Uploads documents one by one while `isWanted` is true; returns how many were accepted.
    func upload(while isWanted: () -> Bool) async throws -> Int {
        var count = 0
        while isWanted() {
            let text = "Number \(count) of a stream."
            try await submit(["of-a-stream-\(count).txt": text], as: "stream")
            count += 1
        }
        return count
    }

    func submit(_ name: String, count: Int) async throws {
        var files: [String: String] = [:]
        for number in 1...count {
            let text = "# The \(name) one\n\nIts word is \(Self.word("\(name)-\(number)")).\n"
            files["\(name)-\(number).md"] = text
        }
        try await submit(files)
    }

    /// A word that no other document has.
    private static func word(_ name: String) -> String {
        "quokka" + name.filter(\.isLetter)
            + ["", "alpha", "beta", "gamma"][name.last?.wholeNumberValue ?? 0]
    }

    private func submit(_ files: [String: String], as client: String = "client") async throws {
        let folder = "\(cluster.directory)/documents-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, text) in files {
            try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
        }
        #expect(try await cluster.submit(folder, as: client), "\(cluster.logText(of: client))")
    }

    /// The ids of all documents, by file name.
    func accepted() async throws -> [String: String] {
        let rows = try await database.texts(
            "SELECT filename || ' ' || document_id FROM upload_pipeline.documents")
        return Dictionary(
            uniqueKeysWithValues: rows.map { row in
                let words = row.split(separator: " ")
                return (String(words[0]), String(words[1]))
            })
    }

    func delete(_ documents: [String]) async throws {
        let api = "http://127.0.0.1:\(try cluster.port("ingest-api http"))"
        for document in documents {
            var request = HTTPClientRequest(url: "\(api)/v1/documents/\(document)")
            request.method = .DELETE
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            #expect([.noContent, .notFound].contains(response.status))
        }
    }

    // MARK: Waiting

    private func untilCount(_ count: Int, at position: String) async throws {
        try await cluster.until(
            "\(count) documents are at \(position)", within: .seconds(90)
        ) {
            try await database.texts(
                """
                SELECT count(*) FROM upload_pipeline.upload_jobs
                WHERE stage || '/' || state = '\(position)'
                """) == ["\(count)"]
        }
    }

    func untilAllHaveEnded() async throws {
        try await cluster.until("all documents have ended", within: .seconds(90)) {
            try await database.texts(
                "SELECT count(*) FROM upload_pipeline.upload_jobs WHERE finished_at IS NULL"
            ) == ["0"]
        }
    }

    /// Expects each document to have ended: found by its word, or a dead letter if it cannot be
    /// parsed.
    func expectDone(_ documents: [String: String]) async throws {
        let positions = try await database.texts(
            """
            SELECT document_id || ' ' || stage || '/' || state FROM upload_pipeline.upload_jobs
            """)
        for (name, document) in documents {
            let isBroken = name == "broken.pdf"
            let end = isBroken ? "parsing/deadletter" : "embedded/done"
            #expect(positions.contains("\(document) \(end)"), "\(name)")
            if isBroken { continue }
            let word = Self.word(String(name.dropLast(".md".count)))
            let answer = try await search(word)
            #expect(answer.contains(document), "\(name): \(answer)")
        }
    }

    /// The API's response with the best match by text.
    private func search(_ word: String) async throws -> String {
        let api = "http://127.0.0.1:\(try cluster.port("ingest-api http"))"
        var request = HTTPClientRequest(url: "\(api)/v1/search")
        request.method = .POST
        request.body = .bytes(ByteBuffer(string: #"{"query":"\#(word)","k":1,"mode":"text"}"#))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        return String(buffer: try await response.body.collect(upTo: 1 << 20))
    }

    // MARK: Blobs

    func namedBlobs() async throws -> Set<String> {
        Set(
            try await database.texts(
                """
                SELECT substr(path, 11) FROM (
                    SELECT raw_path AS path FROM upload_pipeline.documents
                    UNION ALL SELECT parsed_path FROM upload_pipeline.documents) AS named
                WHERE path IS NOT NULL
                """))
    }

    func storedBlobs() -> Set<String> {
        let files = try? FileManager.default.subpathsOfDirectory(
            atPath: cluster.directory + "/blobs")
        return Set((files ?? []).filter { $0.contains(".") })
    }

    /// Makes all blobs two hours old, then runs a reconciler with its real rules until it logs
    /// `line`. A reconciler collects orphans first.
    func collect(until line: String) async throws {
        let longAgo = timeval(tv_sec: time(nil) - 7200, tv_usec: 0)
        for blob in storedBlobs() {
            utimes("\(cluster.directory)/blobs/\(blob)", [longAgo, longAgo])
        }
        cluster.abandon("reconciler")
        let name = "reconciler \(UUID().uuidString)"
        try cluster.start("reconciler", as: name)
        try await cluster.until("the reconciler has collected", within: .seconds(90)) {
            cluster.logText(of: name).contains(line)
        }
        cluster.abandon(name)
    }
}
