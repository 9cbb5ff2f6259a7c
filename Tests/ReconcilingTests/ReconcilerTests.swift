import BlobStores
import Domain
import Foundation
import JobStorePostgres
import Logging
import Operating
import Pipeline
import Reconciling
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

/// Repairs after crashes and losses.
@Suite(.timeLimit(.minutes(5))) struct ReconcilerTests {
    @Test func `a hint is sent once for each waiting job`() async throws {
        try await ReconcilerFixture.withFixture { fixture in
            var expected: [DueHint] = []
            for (stage, state, queue): (Stage, JobState, WorkQueue) in [
                (.queued, .queued, .parse), (.parseValidated, .done, .chunk),
                (.chunksBuffered, .done, .embed), (.embedding, .done, .flush),
                (.chunking, .queued, .chunk),
            ] {
                let job = try await fixture.database.seedJob(Position(stage, state))
                expected.append(DueHint(job: job, queue: queue))
            }
            _ = try await fixture.database.seedJob(Position(.parsing, .deadletter))
            let reconciler = fixture.reconciler()
            await reconciler.repair()
            await reconciler.repair()
            #expect(fixture.mailbox.hints.sorted(by: <) == expected.sorted(by: <))
        }
    }

    @Test func `more dead claims than one page are all ended in one pass`() async throws {
        try await ReconcilerFixture.withFixture { fixture in
            for _ in 0..<12 {
                let job = try await fixture.database.seedJob()
                _ = try await fixture.database.claim([job], lease: .zero)
            }
            await fixture.reconciler(pageSize: 5).repair()
            #expect(fixture.mailbox.hints.count == 12)
            #expect(Set(fixture.mailbox.hints.map(\.job)).count == 12)
        }
    }

    @Test func `of fifty thousand waiting jobs, hints are sent again only for the oldest`()
        async throws
    {
        try await ReconcilerFixture.withFixture { fixture in
            try await fixture.seedBacklog(50_000)
            let reconciler = fixture.reconciler()
            for _ in 0..<5 { await reconciler.repair() }
            let hints = fixture.mailbox.hints
            #expect(hints.count == 100)
            let oldest = try await fixture.database.texts(
                "SELECT job_id FROM upload_pipeline.upload_jobs ORDER BY run_at LIMIT 100")
            #expect(Set(hints.map(\.job.description)) == Set(oldest))
            // Much later, while a worker is active on that queue.
            try await fixture.database.script(
                """
                UPDATE upload_pipeline.upload_jobs SET hint_at = clock_timestamp()
                WHERE hint_count > 0
                """)
            let taken = try await fixture.database.claim([hints[0].job])
            #expect(taken.count == 1)
            await reconciler.repair()
            #expect(fixture.mailbox.hints.count == 100)
            // And once no worker is active any more.
            try await fixture.database.store.release(taken.map(\.claim))
            await reconciler.repair()
            #expect(fixture.mailbox.hints.count == 200)
        }
    }

    @Test func `two concurrent reconcilers repair each job once`() async throws {
        try await ReconcilerFixture.withFixture { fixture in
            for _ in 0..<30 { _ = try await fixture.database.seedJob() }
            let (first, second) = (fixture.reconciler(pageSize: 7), fixture.reconciler(pageSize: 7))
            async let one: Void = first.repair()
            async let two: Void = second.repair()
            _ = await (one, two)
            await first.repair()
            #expect(fixture.mailbox.hints.count == 30)
            #expect(Set(fixture.mailbox.hints.map(\.job)).count == 30)
        }
    }

    @Test func `the job of a dead worker is retried by another`() async throws {
        try await ReconcilerFixture.withFixture { fixture in
            let job = try await fixture.database.seedJob()
            let dead = try await fixture.database.claim([job], lease: .zero)[0]
            await fixture.reconciler().repair()
            #expect(fixture.mailbox.hints == [DueHint(job: job, queue: .parse)])
            let next = try await fixture.database.claim([job])[0]
            #expect(next.attempt == 2)
            #expect(next.claim != dead.claim)
        }
    }

    @Test func `work past its deadline is ended while its worker is alive`() async throws {
        try await ReconcilerFixture.withFixture { fixture in
            let job = try await fixture.database.seedJob()
            let hung = try await fixture.database.store.claim(
                [job], from: .parse, as: "hung",
                on: ClaimTerms(lease: .seconds(90), deadline: .zero))[0]
            await fixture.reconciler().repair()
            #expect(
                try await fixture.database.store.heartbeat(
                    [Heartbeat(hung.claim, hasProgressed: false)], on: ClaimTerms()
                ).isEmpty)
            #expect(try await fixture.database.position(job) == "queued/queued")
            let cause = try await fixture.database.texts(
                "SELECT last_error->>'error_type' FROM upload_pipeline.upload_jobs")
            #expect(cause == ["deadline_exceeded"])
        }
    }

    @Test func `a broker that accepts nothing does not stop the other repairs`() async throws {
        try await ReconcilerFixture.withFixture { fixture in
            fixture.mailbox.refuse(true)
            let waiting = try await fixture.database.seedJob()
            let dead = try await fixture.database.seedJob()
            _ = try await fixture.database.claim([dead], lease: .zero)
            await fixture.reconciler().repair()
            #expect(fixture.mailbox.hints.isEmpty)
            let claimed = try await fixture.database.store.claimWaiting(
                ClaimLimits(9), from: .parse, as: "next", on: ClaimTerms())
            #expect(Set(claimed.map(\.claim.job)) == [waiting, dead])
        }
    }

    @Test func `only rows and blobs without a document are collected`()
        async throws
    {
        try await ReconcilerFixture.withFixture { fixture in
            let job = try await fixture.database.seedJob()
            try await fixture.database.parsed(job)
            try await fixture.database.chunked(job, count: 3)
            try await fixture.database.script(
                """
                ALTER TABLE upload_pipeline.document_chunk_buffer DISABLE TRIGGER ALL;
                INSERT INTO upload_pipeline.document_chunk_buffer
                SELECT (jsonb_populate_record(b, jsonb_build_object(
                    'document_id', gen_random_uuid(), 'chunk_id', gen_random_uuid()))).*
                FROM upload_pipeline.document_chunk_buffer b;
                INSERT INTO upload_pipeline.document_vector_buffer
                    (document_id, generation, chunk_ord, embedding)
                SELECT document_id, generation, chunk_ord, array_fill(1, ARRAY[1536])::vector
                FROM (
                    SELECT document_id, generation, chunk_ord
                    FROM upload_pipeline.document_chunk_buffer
                    UNION ALL
                    SELECT gen_random_uuid(), 1, n FROM generate_series(0, 4) AS n) AS staged
                """)
            let tenant = TenantID()
            let owner = try await fixture.database.texts(
                "SELECT document_id FROM upload_pipeline.documents")[0]
            let document = try #require(DocumentID(owner))
            let owned = BlobPath(
                kind: .raw, tenant: tenant, document: document, fileExtension: "md")
            let parsed = BlobPath(
                kind: .parsed, tenant: tenant, document: document, claim: ClaimID(),
                fileExtension: "md")
            try await fixture.database.script(
                """
                UPDATE upload_pipeline.documents
                SET parsed_path = '\(parsed)',
                    raw_path = 'storage://raw/\(tenant)/\(document.description.uppercased()).md'
                """)
            let late = BlobPath(
                kind: .parsed, tenant: tenant, document: document, claim: ClaimID(),
                fileExtension: "md")
            let orphans =
                (0..<5).map { index in
                    BlobPath(
                        kind: .raw, tenant: index < 3 ? tenant : TenantID(), document: DocumentID(),
                        fileExtension: "md")
                } + [late]
            let young = BlobPath(
                kind: .raw, tenant: tenant, document: DocumentID(), fileExtension: "md")
            let old = orphans + [owned, parsed]
            for blob in old + [young] { try await fixture.blobs.put([1], at: blob) }
            for blob in old { try fixture.age(blob) }

            await fixture.reconciler(pageSize: 2).collect()

            for buffer in ["document_chunk_buffer", "document_vector_buffer"] {
                let staged = try await fixture.database.texts(
                    "SELECT count(*) FROM upload_pipeline.\(buffer)")
                #expect(staged == ["3"], "\(buffer)")
            }
            let left = try await fixture.blobs.list(olderThan: .seconds(-60), after: nil, limit: 99)
            #expect(Set(left) == [owned, parsed, young])
        }
    }

    @Test func `an audit reports a violation and repairs nothing`() async throws {
        try await ReconcilerFixture.withFixture { fixture in
            let job = try await fixture.database.seedJob()
            try await fixture.database.parsed(job)
            try await fixture.database.chunked(job)
            try await fixture.database.embedded(job)
            let claimed = try await fixture.database.claim([job], .flush)[0]
            _ = try await fixture.database.store.flush(claimed)
            await fixture.reconciler().audit()
            #expect(fixture.log.all.filter { $0.contains("violated") }.isEmpty)
            try await fixture.database.script(
                "DELETE FROM upload_pipeline.document_chunks WHERE chunk_ord = 2")
            await fixture.reconciler().audit()
            let breaches = fixture.log.all.filter { $0.contains("violated") }
            let document = try await fixture.database.texts(
                "SELECT document_id FROM upload_pipeline.upload_jobs WHERE job_id = '\(job)'")[0]
            #expect(breaches.count == 2)
            #expect(breaches.allSatisfy { $0.contains(document) })
            for invariant in ["chunks_without_gaps", "planned_is_searchable"] {
                #expect(breaches.contains { $0.contains(invariant) })
            }
        }
    }

    @Test func `the reconciler repairs until it is shut down`() async throws {
        try await ReconcilerFixture.withFixture { fixture in
            let group = ServiceGroup(
                services: [fixture.reconciler()], logger: TestBroker.silent)
            let running = Task { try await group.run() }
            for _ in 0..<3 {
                let job = try await fixture.database.seedJob()
                while !fixture.mailbox.hints.map(\.job).contains(job) {
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
            await group.triggerGracefulShutdown()
            try await running.value
        }
    }
}

/// A database, a folder of blobs and a mailbox in which hints arrive.
private struct ReconcilerFixture {
    let database: TestDatabase
    let blobs: LocalBlobStore
    let root: String
    let mailbox = Mailbox()
    let log = LogLines()

    static func withFixture<R: Sendable>(_ body: (ReconcilerFixture) async throws -> R) async throws
        -> R
    {
        let root = NSTemporaryDirectory() + "millrace-reconciling-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        return try await TestDatabase.lend { database in
            try await body(
                ReconcilerFixture(database: database, blobs: LocalBlobStore(root: root), root: root)
            )
        }
    }

    /// Seeds documents whose jobs have waited for a minute or longer without a recent hint.
    func seedBacklog(_ count: Int) async throws {
        try await database.script(
            """
            WITH documents AS (
                INSERT INTO upload_pipeline.documents
                    (user_id, filename, mime, bytes_len, file_sha256, raw_path)
                SELECT gen_random_uuid(), 'a.txt', 'text/plain', 1,
                       encode(sha256(n::text::bytea), 'hex'), 'storage://raw/a'
                FROM generate_series(1, \(count)) AS n
                RETURNING document_id)
            INSERT INTO upload_pipeline.upload_jobs (document_id, run_at)
            SELECT document_id,
                   clock_timestamp() - interval '1 min' - row_number() OVER () * interval '1 ms'
            FROM documents;
            ANALYZE upload_pipeline.upload_jobs;
            """)
    }

    func reconciler(pageSize: Int = 100) -> Reconciler {
        Reconciler(
            store: database.store, sender: mailbox, blobs: blobs,
            configuration: Reconciler.Configuration(
                repairInterval: .milliseconds(10), pageSize: pageSize,
                retry: RetryPolicy(base: .zero, cap: .zero)),
            logger: Logger(label: "reconciler") { _ in LineHandler(lines: log) })
    }

    /// Makes a blob two hours old.
    func age(_ blob: BlobPath) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -7200)],
            ofItemAtPath: root + "/" + blob.key)
    }
}

/// Records the hints that are sent, or refuses them as an unreachable broker does.
private final class Mailbox: HintSender {
    private let state = Mutex((hints: [DueHint](), refuses: false))

    var hints: [DueHint] { state.withLock { $0.hints } }
    func refuse(_ refuses: Bool) { state.withLock { $0.refuses = refuses } }

    func send(_ jobs: [JobID], to queue: WorkQueue) async throws(JobFailure) {
        let isTaken = state.withLock { state in
            guard !state.refuses else { return false }
            state.hints += jobs.map { DueHint(job: $0, queue: queue) }
            return true
        }
        guard isTaken else { throw .transient(.queue(.unavailable), "no broker") }
    }
}

private func < (left: DueHint, right: DueHint) -> Bool {
    left.job.description < right.job.description
}

/// Records log lines.
private final class LogLines: Sendable {
    private let kept = Mutex<[String]>([])
    var all: [String] { kept.withLock { $0 } }
    func append(_ line: String) { kept.withLock { $0.append(line) } }
}

private struct LineHandler: LogHandler {
    let lines: LogLines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.append("\(event.level) \(event.message) \(event.metadata ?? [:])")
    }
}
