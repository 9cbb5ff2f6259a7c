import Concurrency
import Domain
import FoundationEssentials
import Pipeline
import Postgres
import TestSupport
import Testing

@testable import JobStorePostgres

/// Writes sets of several jobs through the real SQL. Each job is fenced by its own claim.
@Suite(.timeLimit(.minutes(5))) struct WriteSetTests {
    private func claimed(_ count: Int, in database: TestDatabase) async throws -> [ClaimedJob] {
        var jobs: [JobID] = []
        for _ in 0..<count { jobs.append(try await database.seedJob()) }
        return try await database.claim(jobs).sorted { "\($0.claim.job)" < "\($1.claim.job)" }
    }

    /// Jobs claimed for embedding, each with the given number of chunks.
    private func embeddable(
        _ chunks: [Int], in database: TestDatabase
    ) async throws -> [ClaimedJob] {
        let jobs = try await claimed(chunks.count, in: database)
        for job in jobs { try await database.finishParsing(job) }
        let chunkings = try await database.claim(jobs.map(\.claim.job), .chunk)
            .sorted { "\($0.claim.job)" < "\($1.claim.job)" }
        let outcomes = try await database.store.writes.chunkings.write(
            zip(chunkings, chunks).map { job, count in
                CompletedChunking(
                    job,
                    (0..<count).map {
                        Chunk(
                            ord: $0, text: "chunk \($0)", utf8Range: 0..<7, tokens: 2, headings: [],
                            pages: nil)
                    }, in: .english, by: ChunkerIdentity(name: "c", version: "1"))
            })
        #expect(held(outcomes) == chunks.map { _ in true })
        return try await database.claim(jobs.map(\.claim.job), .embed)
            .sorted { "\($0.claim.job)" < "\($1.claim.job)" }
    }

    /// A lost claim: the same job with another token.
    private func lost(_ job: ClaimedJob) -> ClaimedJob {
        var job = job
        job.claim = Claim(job: job.claim.job, token: ClaimID())
        return job
    }

    private func held(_ outcomes: [Result<some Any, JobFailure>]) -> [Bool] {
        outcomes.map { outcome in
            guard case .failure(let failure) = outcome else { return true }
            #expect(failure.class == .leaseLost)
            return false
        }
    }

    @Test func `a batch fails only the job whose claim is lost`() async throws {
        try await TestDatabase.lend { database in
            let writes = database.store.writes
            let jobs = try await claimed(3, in: database)
            // Another worker holds the middle one.
            let claims = [jobs[0].claim, lost(jobs[1]).claim, jobs[2].claim]
            let expected = [true, false, true]

            let stages: [Stage] = [.jobValidated, .parsing]
            let advanced = try await writes.advances.write(
                claims.map { Advance(claim: $0, stages: stages) })
            #expect(held(advanced) == expected)

            let parsed = try await writes.parsedTexts.write(
                claims.enumerated().map { index, claim in
                    CompletedParse(
                        claim: claim,
                        text: ParsedText(
                            path: "storage://\(index)",
                            sha256: String(repeating: "\(index)", count: 64),
                            report: ParseReport(parser: "p")),
                        report: #"{"parser": "p\#(index)"}"#)
                })
            #expect(held(parsed) == expected)
            let rows = try await database.texts(
                """
                SELECT concat_ws(' ', stage, state, parsed_path, parse_report ->> 'parser')
                FROM upload_pipeline.upload_jobs JOIN upload_pipeline.documents USING (document_id)
                ORDER BY job_id
                """)
            #expect(
                rows == [
                    "parse_validated done storage://0 p0", "queued working",
                    "parse_validated done storage://2 p2",
                ])
        }
    }

    @Test func `a batch stores vectors per document and advances only complete documents`()
        async throws
    {
        try await TestDatabase.lend { database in
            let writes = database.store.writes
            let jobs = try await embeddable([2, 1, 1], in: database)
            let space = EmbeddingSpace(model: "m", version: "1", width: EmbeddingSpace.storedWidth)
            let begun = try await writes.beginnings.write(
                [jobs[0], lost(jobs[1]), jobs[2]].map {
                    EmbeddingBeginning(
                        space: space, chunks: PendingChunks(job: $0, after: -1, limit: 2))
                })
            #expect(held(begun) == [true, false, true])
            #expect(try begun[0].get().map(\.input) == ["chunk 0", "chunk 1"])
            #expect(try begun[2].get().map(\.ord) == [0])
            let rest = try await writes.pendings.write(
                [0, 2].map { PendingChunks(job: jobs[$0], after: 0, limit: 2) })
            #expect(try rest.map { try $0.get().map(\.ord) } == [[1], []])
            func vector(_ index: Int) -> [Float] {
                (0..<EmbeddingSpace.storedWidth).map { $0 == index ? 1 : 0 }
            }
            func staged(
                _ job: ClaimedJob, _ ords: [Int], areLast: Bool = false
            ) -> StagedVectors {
                StagedVectors(
                    job: job, ords: ords, vectors: ords.map { vector($0) }, areLast: areLast)
            }
            let some = try await writes.vectors.write([
                staged(jobs[0], [0]), staged(lost(jobs[1]), [0]),
            ])
            #expect(held(some) == [true, false])
            let last = try await writes.vectors.write([
                staged(jobs[0], [1], areLast: true), staged(lost(jobs[1]), [0], areLast: true),
                staged(jobs[2], [0], areLast: true),
            ])
            #expect(held(last) == [true, false, true])
            #expect(try [last[0], last[2]].map { try $0.get() } == [true, true])
            // The outer two are already handed on; the middle one lacks its vector.
            let done = try await writes.embeddings.write(jobs.map(\.claim)).map { try $0.get() }
            #expect(done == [false, false, false])
            let counts = try await database.texts(
                """
                SELECT count(v.document_id) FROM upload_pipeline.upload_jobs j
                LEFT JOIN upload_pipeline.document_vector_buffer v USING (document_id)
                GROUP BY j.job_id ORDER BY j.job_id
                """)
            #expect(counts == ["2", "0", "1"])
        }
    }

    @Test func `an answer that the program cannot read costs the job nothing`() async throws {
        try await TestDatabase.lend { database in
            let job = try await claimed(1, in: database)[0]
            let failure = await #expect(throws: JobFailure.self) {
                let rows = try await database.pool.query(PostgresStatement("SELECT 'x'::text"))
                _ = try database.store.decode(rows) { try $0.decode(0, as: Int.self) }
            }
            #expect(failure?.code == .database(.schemaMismatch))
            #expect(failure?.failsWholeBatch == false)
            let verdict = FailureVerdict(
                try #require(failure), attempt: job.attempt, attemptsMax: job.attempt,
                policy: RetryPolicy(), jitter: 0.5)
            guard case .retry(_, countsAsAttempt: false) = verdict else {
                Issue.record("\(verdict)")
                return
            }
        }
    }

    @Test func `a claimed row that does not decode waits, and the others are claimed`()
        async throws
    {
        try await TestDatabase.lend { database in
            let jobs = try await database.seedJobs(3)
            try await database.script(
                """
                ALTER TABLE upload_pipeline.documents ALTER filename DROP NOT NULL;
                UPDATE upload_pipeline.documents SET filename = NULL WHERE document_id =
                    (SELECT document_id FROM upload_pipeline.upload_jobs
                     WHERE job_id = '\(jobs[1])')
                """)
            #expect(
                Set(try await database.claim(jobs).map(\.claim.job)) == [jobs[0], jobs[2]])
            let row = try await database.texts(
                """
                SELECT concat_ws(' ', state, attempt, last_error ->> 'error_type', claim_id)
                FROM upload_pipeline.upload_jobs WHERE job_id = '\(jobs[1])'
                """)
            #expect(row == ["retryable 0 schema_mismatch"])
        }
    }

    @Test func `a document whose chunks do not decode fails alone`() async throws {
        try await TestDatabase.lend { database in
            let jobs = try await embeddable([1, 1, 1, 1, 1, 1], in: database)
            try await database.script(
                """
                ALTER TABLE upload_pipeline.document_chunk_buffer ALTER text DROP NOT NULL;
                UPDATE upload_pipeline.document_chunk_buffer SET text = NULL
                WHERE document_id = '\(jobs[2].document)'
                """)
            let space = EmbeddingSpace(model: "m", version: "1", width: EmbeddingSpace.storedWidth)
            let failures = await withTaskGroup(of: (JobID, FailureCode?).self) { group in
                for job in jobs {
                    group.addTask {
                        do throws(JobFailure) {
                            _ = try await database.store.beginEmbedding(job, in: space, limit: 2)
                            return (job.claim.job, nil)
                        } catch {
                            return (job.claim.job, error.code)
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect(failures == [jobs[2].claim.job: .database(.schemaMismatch)])
        }
    }

    @Test func `a locked row does not delay the writes of other jobs for long`() async throws {
        try await TestDatabase.lend { database in
            let jobs = try await claimed(2, in: database)
            let hasty = PostgresPool(
                PostgresConfiguration(conninfo: database.url, lockTimeout: .milliseconds(100)))
            let store = PostgresJobStore(pool: hasty)
            let failure = try await database.pool.transaction { connection in
                _ = try await connection.query(
                    PostgresStatement(
                        "SELECT FROM upload_pipeline.upload_jobs WHERE job_id = $1 FOR UPDATE",
                        jobs[0].claim.job.uuid))
                try await store.advance(jobs[1].claim, through: [.jobValidated])
                return await #expect(throws: JobFailure.self) {
                    try await store.advance(jobs[0].claim, through: [.jobValidated])
                }
            }
            #expect(failure?.code == .database(.statementFailed))
            await hasty.close()
        }
    }
}
