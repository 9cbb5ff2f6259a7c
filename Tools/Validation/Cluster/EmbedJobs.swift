import Domain
import TestCluster

/// Jobs of one chunk each that wait for an embed-worker, of 50 tenants in turn.
enum EmbedJobs {
    static func insert(_ count: Int, into database: TrialDatabase) async throws {
        // One statement, so that all jobs become visible at once.
        try await database.execute(
            """
            WITH document AS (
                INSERT INTO upload_pipeline.documents (user_id, filename, mime, bytes_len,
                    file_sha256, raw_path)
                SELECT ('00000000-0000-4000-8000-' || lpad((n % 50)::text, 12, '0'))::uuid,
                    n || '.md', 'text/markdown', 1,
                    encode(sha256((n || random()::text)::bytea), 'hex'), 'storage://' || n
                FROM generate_series(1, \(count)) n
                RETURNING document_id
            ), text AS (
                INSERT INTO upload_pipeline.document_chunk_buffer (document_id, generation,
                    chunk_ord, chunk_id, chunker_name, chunker_version, text, chunk_sha, tokens,
                    utf8_start, utf8_end, headings)
                SELECT document_id, 1, 0, gen_random_uuid(), 'sample', '1',
                    'Parcel ' || document_id, encode(sha256(document_id::text::bytea), 'hex'), 9,
                    0, 43, '{}'
                FROM document
            )
            INSERT INTO upload_pipeline.upload_jobs (document_id, user_id, stage, state,
                expected_chunks)
            SELECT d.document_id, '00000000-0000-4000-8000-000000000000', 'chunks_buffered',
                'done', 1
            FROM document d
            """)
    }

    /// The start or the end of an embed-worker's claim.
    struct Step: Sendable {
        var job: String
        var worker: String
        /// Seconds since 1970.
        var at: Double
        /// The state that resulted.
        var state: JobState

        var isClaim: Bool { state == .working }
        var isEnd: Bool { state == .done }
    }

    static func steps(_ database: TrialDatabase, after event: Int) async throws -> [Step] {
        try await database.fields(
            """
            SELECT concat_ws('|', job_id, payload ->> 'worker', extract(epoch FROM ts),
                payload ->> 'to_state')
            FROM upload_pipeline.events
            WHERE event_id > \(event) AND payload ->> 'to_stage' = 'embedding'
            ORDER BY ts, event_id
            """
        ).map { fields in
            guard fields.count == 4, let at = Double(fields[2]),
                let state = JobState(rawValue: fields[3])
            else { throw TrialFailure("an event of embedding cannot be read: \(fields)") }
            return Step(job: fields[0], worker: fields[1], at: at, state: state)
        }
    }

    /// Waits until no job waits for embedding, is working or retryable.
    @MainActor
    static func waitUntilDone(_ cluster: TestCluster, _ database: TrialDatabase) async throws {
        try await cluster.until("all jobs are embedded", within: .seconds(180)) {
            try await database.count(
                """
                upload_pipeline.upload_jobs WHERE waiting_for = 'embed' OR state = 'working'
                    OR state = 'retryable'
                """) == 0
        }
    }
}
