import FoundationEssentials
import TestCluster

/// Compares the clients' acknowledgements with the rows and events after a run.
struct Verification {
    let database: TrialDatabase
    let uploads: [Uploads.Acknowledged]
    let faults: [FaultInjector.Fault: Int]
    let kills: [FaultInjector.Kill]

    func report(settled: Duration, violations: [String]) async throws -> ChaosReport {
        var report = ChaosReport(
            acknowledged: uploads.count, faults: faults, settled: settled, violations: violations)
        try await loadAcknowledgements()
        report.ends = try await database.texts(
            """
            SELECT concat_ws(' ', count(*), stage || '/' || state, cause)
            FROM upload_pipeline.upload_jobs JOIN acknowledged USING (job_id), LATERAL (
                SELECT CASE WHEN state = 'deadletter' THEN last_error ->> 'error_type' END
            ) AS c (cause)
            GROUP BY stage, state, cause ORDER BY count(*) DESC
            """)
        report.failures = try await database.texts(
            """
            SELECT concat_ws(' ', count(*), code) FROM upload_pipeline.events
            WHERE payload ->> 'to_state' = 'retryable' GROUP BY code ORDER BY count(*) DESC
            """)
        report.unexpectedDeadLetters = try await database.texts(
            """
            SELECT concat_ws(' ', job_id, stage, last_error ->> 'error_type')
            FROM upload_pipeline.upload_jobs JOIN acknowledged USING (job_id)
            WHERE state = 'deadletter' AND readable LIMIT 20
            """)
        report.lost = try await database.texts(
            """
            SELECT concat_ws(' ', acknowledged.job_id, j.stage || '/' || j.state)
            FROM acknowledged LEFT JOIN upload_pipeline.upload_jobs j USING (job_id)
            WHERE j.finished_at IS NULL OR j.document_id <> acknowledged.document_id
            """)
        report.duplicated = try await database.texts(Self.duplicated)
        report.chunks = try await count("FROM upload_pipeline.document_chunks")
        report.unacknowledged = try await count(
            "FROM upload_pipeline.upload_jobs WHERE job_id NOT IN (SELECT job_id FROM acknowledged)"
        )
        report.takeOvers = try await takeOvers()
        return report
    }

    private func count(_ from: String) async throws -> Int {
        try await database.texts("SELECT count(*) \(from)").first.flatMap { Int($0) } ?? 0
    }

    /// Writes the acknowledgements into the table `acknowledged`, to join them with the job rows.
    private func loadAcknowledgements() async throws {
        try await database.execute(
            "CREATE TABLE acknowledged (document_id uuid, job_id uuid, readable boolean)")
        for start in stride(from: 0, to: uploads.count, by: 500) {
            let rows = uploads[start..<min(start + 500, uploads.count)]
                .map { "('\($0.document)', '\($0.job)', \($0.isReadable))" }
                .joined(separator: ", ")
            try await database.execute("INSERT INTO acknowledged VALUES \(rows)")
        }
    }

    /// Jobs acknowledged twice, documents with two jobs, files stored twice, jobs that ended twice,
    /// duplicate chunks, and documents with more chunks than expected.
    private static let duplicated = """
        SELECT 'job ' || job_id FROM acknowledged GROUP BY job_id HAVING count(*) > 1
        UNION ALL
        SELECT 'document ' || document_id FROM upload_pipeline.upload_jobs
        GROUP BY document_id HAVING count(*) > 1
        UNION ALL
        SELECT 'file ' || file_sha256 FROM upload_pipeline.documents
        GROUP BY file_sha256 HAVING count(*) > 1
        UNION ALL
        SELECT 'end of ' || job_id FROM upload_pipeline.events
        WHERE type = 'finalized' GROUP BY job_id HAVING count(*) > 1
        UNION ALL
        SELECT 'chunk of ' || document_id FROM upload_pipeline.document_chunks
        GROUP BY document_id, chunk_ord HAVING count(*) > 1
        UNION ALL
        SELECT 'chunks of ' || document_id
        FROM (SELECT document_id, count(*) AS n FROM upload_pipeline.document_chunks GROUP BY 1) c
        JOIN upload_pipeline.upload_jobs USING (document_id) WHERE n > expected_chunks
        """

    /// For each claim of a killed worker: seconds until it was ended, and until the job was claimed
    /// again.
    private func takeOvers() async throws -> [(ended: Double, taken: Double)] {
        let kills = String(decoding: try JSONEncoder().encode(kills), as: UTF8.self)
        let rows = try await database.texts(
            """
            WITH kills AS (
                SELECT worker, to_timestamp(at) AS at
                FROM jsonb_to_recordset('\(kills)') AS k (worker text, at float8)
            ), held AS (
                SELECT k.at, e.job_id, max(e.event_id) AS last
                FROM kills k JOIN upload_pipeline.events e
                    ON e.payload ->> 'worker' = k.worker AND e.ts <= k.at
                GROUP BY k.at, e.job_id, e.payload ->> 'claim_id'
                HAVING (array_agg(e.payload ->> 'to_state' ORDER BY e.event_id DESC))[1]
                    = 'working'
            )
            SELECT extract(epoch FROM ended.ts - h.at) || ' ' || extract(epoch FROM taken.ts - h.at)
            FROM held h, LATERAL (
                SELECT event_id, ts FROM upload_pipeline.events e
                WHERE e.job_id = h.job_id AND e.event_id > h.last
                ORDER BY event_id LIMIT 1) AS ended, LATERAL (
                SELECT ts FROM upload_pipeline.events e
                WHERE e.job_id = h.job_id AND e.event_id > ended.event_id
                    AND e.payload ->> 'to_state' = 'working'
                ORDER BY event_id LIMIT 1) AS taken
            """)
        return rows.compactMap { row in
            let numbers = row.split(separator: " ").compactMap { Double($0) }
            return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
        }
    }
}
