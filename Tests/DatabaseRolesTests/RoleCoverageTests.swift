import CataloguePostgres
import Domain
import FoundationEssentials
import JobStorePostgres
import Migrations
import Operating
import OperationsPostgres
import Pipeline
import Postgres
import Reconciling
import Querying
import Searching
import Synchronization
import TestSupport
import Testing
import Uploading

/// Runs each program's work with its role's privileges, including triggers and generated columns.
@Suite(.timeLimit(.minutes(5))) struct RoleCoverageTests {
    @Test func `a document passes every stage with each program in its own role`() async throws {
        try await TestDatabase.lend { database in
            let upload = try Self.upload()
            try await Self.accept(upload, in: database)
            try await database.acting(as: .parseWorker) { try await $0.parsed(upload.job) }
            try await database.acting(as: .chunkWorker) { try await $0.chunked(upload.job) }
            try await database.acting(as: .embedWorker) { try await $0.embedded(upload.job) }
            try await database.acting(as: .flusher) { database in
                let claimed = try await database.claim([upload.job], .flush)[0]
                #expect(try await database.store.flush(claimed) == 3)
            }
            try await database.acting(as: .reconciler) { database in
                #expect(try await database.store.audit(of: .seconds(60)) == [])
                let page = try await database.store.deleteOrphanRows(after: nil, limit: 10)
                #expect(page.deleted == 0)
                let blob = try #require(BlobPath(upload.request.path.description))
                #expect(try await database.store.referenced([blob]) == [blob])
                let embedded = Position(.embedded, .done)
                #expect(try await database.store.gauges().jobs == [embedded: 1])
            }
            try await database.acting(as: .operator) { database in
                let breaches = try await database.store.audit(of: .seconds(60))
                #expect(breaches.isEmpty)
            }
            try await Self.lookUpAndDelete(upload, in: database)
        }
    }

    @Test(
        arguments: zip(
            [ProgramRole.parseWorker, .chunkWorker, .embedWorker, .flusher],
            [
                Position(.queued, .queued), Position(.parseValidated, .done),
                Position(.chunksBuffered, .done), Position(.embedding, .done),
            ]))
    func `roles suffice for heartbeat, release, failure, repair, redrive and purge`(
        worker: ProgramRole, position: Position
    ) async throws {
        let queue = try #require(WorkQueue(waitingAt: position))
        try await TestDatabase.lend { database in
            let job = try await database.seedJob(position)
            try await database.acting(as: worker) { database in
                let claim = try await database.claim([job], queue)[0].claim
                let heartbeat = Heartbeat(claim, hasProgressed: true)
                #expect(
                    try await database.store.heartbeat([heartbeat], on: ClaimTerms()) == [claim])
                try await database.store.release([claim])
                let again = try await database.store.claimWaiting(
                    ClaimLimits(1), from: queue, as: "tester", on: ClaimTerms())
                try await database.store.fail(
                    try #require(again.first).claim, .transient(.provider(.error), "later"),
                    verdict: .retry(after: .zero, countsAsAttempt: true))
            }
            try await database.acting(as: .reconciler) { database in
                let due = try await database.store.resumeDueRetries(limit: 9)
                #expect(due.map(\.job) == [job])
            }
            try await database.acting(as: worker) { database in
                _ = try await database.claim([job], queue, lease: .zero)
            }
            try await database.acting(as: .reconciler) { database in
                let retry = RetryPolicy(base: .zero, cap: .zero)
                #expect(try await database.store.expireLeases(limit: 9, retry: retry) == 1)
                #expect(try await database.store.expireDeadlines(limit: 9, retry: retry) == 0)
                #expect(try await database.store.resumeDueRetries(limit: 9).count == 1)
                _ = try await database.store.resendHints(
                    try await database.store.idleQueues(), limit: 9)
            }
            try await database.acting(as: worker) { database in
                let claimed = try await database.claim([job], queue)[0]
                try await database.store.fail(
                    claimed.claim, .permanent(.document(.malformed), "it is"), verdict: .deadletter)
            }
            try await Self.redriveAndPurge(job, worker, queue, in: database)
        }
    }

    @Test func `the flusher vacuums the buffers without a permission warning`() async throws {
        try await TestDatabase.lend { database in
            let version = try await database.texts("SELECT current_setting('server_version_num')")
            guard version[0] >= "170000" else { return }
            let notices = Mutex<[String]>([])
            let pool = PostgresPool(
                PostgresConfiguration(
                    conninfo: database.url(as: .flusher),
                    onNotice: { notice in notices.withLock { $0.append(notice) } }))
            try await PostgresJobStore(pool: pool).vacuumBuffers()
            await pool.close()
            #expect(notices.withLock { $0 } == [])
        }
    }

    private static func redriveAndPurge(
        _ job: JobID, _ worker: ProgramRole, _ queue: WorkQueue, in database: TestDatabase
    ) async throws {
        let dead = DeadLetterFilter(code: "malformed", jobs: [job])
        try await database.acting(as: .operator) { database in
            let operations = PostgresOperations(pool: database.pool)
            #expect(try await operations.countDeadLetters(dead).matchedCount == 1)
            #expect(try await operations.deadLetters(dead, after: nil, limit: 9).count == 1)
            #expect(try await operations.deadLetterCauses(dead, limit: 9).map(\.jobCount) == [1])
            #expect(try await operations.status().gauges.jobs.values.reduce(0, +) == 1)
            let redriven = try await operations.redrive(dead, limit: 9, by: .unnamed)
            #expect(redriven.changedCount == 1)
            // An empty filter does not purge live jobs.
            let purged = try await operations.purge(DeadLetterFilter(), limit: 9, by: .unnamed)
            #expect(purged.changedCount == 0)
        }
        try await database.acting(as: worker) { database in
            let claimed = try await database.claim([job], queue)[0]
            try await database.store.fail(
                claimed.claim, .permanent(.document(.malformed), "still"), verdict: .deadletter)
        }
        try await database.acting(as: .operator) { database in
            let purged = try await PostgresOperations(pool: database.pool)
                .purge(dead, limit: 9, by: .unnamed)
            #expect(purged.changedCount == 1)
        }
        #expect(try await database.texts("SELECT job_id FROM upload_pipeline.upload_jobs") == [])
        let last = "SELECT code FROM upload_pipeline.events ORDER BY event_id DESC LIMIT 1"
        #expect(try await database.texts(last) == ["purged"])
    }

    private static let tenant = TenantID()

    private static func upload() throws -> StoredUpload {
        StoredUpload(
            request: UploadRequest(
                tenant: tenant, filename: try Filename("a.txt"), declaredType: "text/plain",
                idempotencyKey: try IdempotencyKey("once"), correlationID: "test"),
            content: InspectedDocument(
                byteCount: 3, sha256: String(repeating: "a", count: 64), mime: "text/plain"))
    }

    private static func accept(_ upload: StoredUpload, in database: TestDatabase) async throws {
        try await database.acting(as: .ingestAPI) { database in
            let catalogue = PostgresCatalogue(
                pool: database.pool, lookups: database.pool, searches: database.pool)
            #expect(try await catalogue.record(upload)?.isDuplicate == false)
            let again = try await catalogue.record(upload)
            #expect(again?.isDuplicate == true)
            #expect(again?.job == upload.job)
        }
    }

    private static func lookUpAndDelete(_ upload: StoredUpload, in database: TestDatabase)
        async throws
    {
        try await database.acting(as: .ingestAPI) { database in
            let catalogue = PostgresCatalogue(
                pool: database.pool, lookups: database.pool, searches: database.pool)
            #expect(try await catalogue.job(upload.job, of: tenant)?.position.state == .done)
            let events = try await catalogue.events(
                of: upload.job, after: 0, limit: 99, tenant: tenant)
            #expect(events?.last?.type == "finalized")
            #expect(try await catalogue.document(upload.request.document, of: tenant)?.chunks == 3)
            let chunks = try await catalogue.chunks(
                of: upload.request.document, from: 0, limit: 9, tenant: tenant)
            #expect(chunks?.map(\.ord) == [0, 1, 2])
            let search = SearchQuery(
                vector: TestDatabase.vector(0), space: TestDatabase.space, words: "chunk number",
                limit: 9, mediaTypes: ["text/plain"])
            #expect(try await catalogue.search(search, of: tenant).count == 3)
            #expect(try await catalogue.pipeline().counts.map(\.jobs) == [1])
            let paths = try await catalogue.delete(upload.request.document, of: tenant)
            #expect(paths?.first == upload.request.path.description)
        }
        let left = "SELECT document_id FROM upload_pipeline.document_chunks"
        #expect(try await database.texts(left) == [])
    }
}
