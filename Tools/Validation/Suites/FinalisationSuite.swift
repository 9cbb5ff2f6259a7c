import TestCluster

/// A document of three chunks, before, at and after its flush.
@MainActor
struct FinalisationSuite {
    let plan: ValidationPlan
    let ledger: Ledger

    func run() async throws {
        try await plan.withCluster("finalisation") { cluster, database in
            let provider = try await cluster.startProvider()
            try await cluster.begin(
                ["ingest-api", "parse-worker", "chunk-worker", "embed-worker", "reconciler"],
                [
                    "MILLRACE_EMBEDDER": "openai", "MILLRACE_OPENAI_BASE_URL": provider + "/v1",
                ])
            let accepted = try await cluster.client().upload(Self.document, as: "three.md")
            try await cluster.until("the job rests before the flush") {
                try await database.position(of: accepted.job_id) == "embedding/done"
            }
            await ledger.record(.atRest) { try await atRest($0, accepted, database) }
            try await cluster.add(["flusher"])
            try await cluster.until("the job has ended") { try await database.unfinished() == 0 }
            await ledger.record(.completion) { try await completion($0, accepted, database) }
            await ledger.record(.completionQuery) { try await query($0, accepted, database) }
        }
    }

    /// Three sections, each a chunk of its own.
    private static let document = (1...3).map { number in
        "# Hall \(number)\n\n"
            + String(repeating: "Hall \(number) has bays for parcels of all sizes. ", count: 8)
    }.joined(separator: "\n\n")

    /// All chunks are staged and none is visible.
    private func atRest(
        _ checks: Checks, _ accepted: Client.Accepted, _ database: TrialDatabase
    ) async throws {
        checks.done = """
            Uploaded a document of three sections, embedded through the OpenAI protocol, without a \
            flusher.
            """
        checks.expected = """
            embedding/done, not finished; chunk_ord 0, 1, 2 in both buffers, vectors of 1,536 \
            numbers and length 1; no row in document_chunks.
            """
        let job = try await database.fields(
            """
            SELECT concat_ws('|', stage || '/' || state, finished_at IS NULL, expected_chunks,
                embed_width) FROM upload_pipeline.upload_jobs
            """)
        checks.equal("job", job, [["embedding/done", "t", "3", "1536"]])
        for buffer in ["document_chunk_buffer", "document_vector_buffer"] {
            let ords = try await database.texts(
                """
                SELECT chunk_ord FROM upload_pipeline.\(buffer)
                WHERE document_id = '\(accepted.document_id)' ORDER BY chunk_ord
                """)
            checks.equal("chunk_ord in \(buffer)", ords, ["0", "1", "2"])
        }
        let vectors = try await database.texts(
            """
            SELECT vector_dims(embedding) || ' numbers, length '
                || round(vector_norm(embedding)::numeric, 3)
            FROM upload_pipeline.document_vector_buffer
            """)
        checks.equal("vectors", vectors, Array(repeating: "1536 numbers, length 1.000", count: 3))
        checks.equal(
            "rows in document_chunks", try await database.count("upload_pipeline.document_chunks"),
            0)
    }

    /// The flush finishes the job and writes one event for it.
    private func completion(
        _ checks: Checks, _ accepted: Client.Accepted, _ database: TrialDatabase
    ) async throws {
        checks.done = "Started a flusher and waited for the end of the job."
        checks.expected = """
            finished_at is set; one `finalized` event, which contains the number of chunks \
            (field `chunks`) and the kind of completion (column `code`: `embedded`; `from_stage` \
            to `to_state`, `worker`).
            """
        let finished = try await database.texts(
            """
            SELECT finished_at > created_at AND finished_at >= started_at
            FROM upload_pipeline.upload_jobs WHERE job_id = '\(accepted.job_id)'
            """)
        checks.equal("finished_at after the start", finished, ["true"])
        let events = try await database.fields(
            """
            SELECT concat_ws('|', code, payload ->> 'chunks',
                concat_ws('/', payload ->> 'from_stage', payload ->> 'from_state'),
                concat_ws('/', payload ->> 'to_stage', payload ->> 'to_state'),
                split_part(payload ->> 'worker', '@', 1))
            FROM upload_pipeline.events
            WHERE job_id = '\(accepted.job_id)' AND type = 'finalized'
            """)
        checks.equal(
            "finalized events (code, chunks, from, to, worker)", events,
            [["embedded", "3", "embedded/working", "embedded/done", "flusher"]])
    }

    /// The query by which a client would find completed jobs.
    private func query(
        _ checks: Checks, _ accepted: Client.Accepted, _ database: TrialDatabase
    ) async throws {
        checks.done = """
            Joined upload_jobs, document_chunks and events of the document by one query.
            """
        checks.expected = """
            embedded/done with a finish time; chunks in the table = chunks in the event = 3; \
            exactly one completion event.
            """
        let rows = try await database.fields(
            """
            SELECT concat_ws('|', j.stage || '/' || j.state, j.finished_at IS NOT NULL,
                (SELECT count(*) FROM upload_pipeline.document_chunks c
                 WHERE c.document_id = j.document_id AND c.generation = j.generation),
                (SELECT sum((e.payload ->> 'chunks')::int) FROM upload_pipeline.events e
                 WHERE e.job_id = j.job_id AND e.type = 'finalized'),
                (SELECT count(*) FROM upload_pipeline.events e
                 WHERE e.job_id = j.job_id AND e.type = 'finalized'))
            FROM upload_pipeline.upload_jobs j WHERE j.job_id = '\(accepted.job_id)'
            """)
        checks.equal(
            "position, finished, chunks in the table, in the event, completion events", rows,
            [["embedded/done", "t", "3", "3", "1"]])
        let buffered =
            try await database.count("upload_pipeline.document_chunk_buffer")
            + database.count("upload_pipeline.document_vector_buffer")
        checks.equal("rows remaining in the buffers", buffered, 0)
    }
}
