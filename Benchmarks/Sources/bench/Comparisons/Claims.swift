import Foundation

/// Claims by a worker's statement, in batches of 64 over one connection. Each claim writes an event
/// and changes its document's status.
struct ProtocolClaims: Side {
    let jobs: Int
    /// The number of tenants that share the jobs equally.
    let tenants: Int
    var name: String { "Millrace, claim_waiting, tenants: \(tenants)" }

    func run(_ site: Site) throws -> Sample {
        try Database.withTemporary(site) { database in
            let session = database.session
            try session.seedDocuments(jobs, tenants: tenants)
            try session.seedJobs()
            try session.planOnce()
            try session.prepare("claim", try site.statement("claims/claim_waiting"))
            return try database.claimAll(jobs) {
                try session.run(prepared: "claim", Self.parameters(64, "parse")).count
            }
        }
    }

    static func parameters(_ limit: Int, _ queue: String) -> [String] {
        let chunksMax = "\(Int.max)"
        let noTenant = "00000000-0000-0000-0000-000000000000"
        return ["\(limit)", queue, "bench", "90", "900", chunksMax, "{}", noTenant, "1"]
    }
}

/// Claims jobs by the ids in hints, in batches of 64 over one connection.
struct HintedClaims: Side {
    let name = "Millrace, claim"
    let jobs: Int

    func run(_ site: Site) throws -> Sample {
        try Database.withTemporary(site) { database in
            let session = database.session
            try session.seedDocuments(jobs)
            try session.seedJobs()
            try session.planOnce()
            try session.prepare("claim", try site.statement("claims/claim"))
            var ids = try session.run(
                "SELECT job_id FROM upload_pipeline.upload_jobs ORDER BY run_at, job_id"
            ).map { $0[0] }[...]
            return try database.claimAll(jobs) {
                defer { ids = ids.dropFirst(64) }
                let hinted = "{\(ids.prefix(64).joined(separator: ","))}"
                return try session.run(
                    prepared: "claim",
                    [hinted, "parse", "bench", "90", "900", "\(Int.max)", "1"]
                ).count
            }
        }
    }
}

/// Claims from a table that has only what a claim needs, with or without an event per claim. Shows
/// the upper bound of batched claims.
struct BareClaims: Side {
    let jobs: Int
    let leavesEvents: Bool
    var name: String { leavesEvents ? "a bare table with events" : "a bare table, sets of 64" }

    func run(_ site: Site) throws -> Sample {
        try Database.withTemporary(site) { database in
            let session = database.session
            try session.run(
                """
                CREATE TABLE bare (job_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
                    run_at timestamptz NOT NULL DEFAULT now(), state text NOT NULL DEFAULT 'queued',
                    claim_id uuid, lease_until timestamptz, payload text);
                CREATE INDEX ON bare (run_at) WHERE state = 'queued';
                CREATE TABLE bare_events (event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                    job_id uuid NOT NULL, ts timestamptz NOT NULL DEFAULT now(), payload jsonb);
                CREATE INDEX ON bare_events (job_id, event_id);
                INSERT INTO bare (payload) SELECT repeat('x', 200) FROM generate_series(1, \(jobs))
                """)
            let claim = """
                UPDATE bare SET state = 'working', claim_id = gen_random_uuid(),
                    lease_until = clock_timestamp() + interval '90 s'
                WHERE job_id = ANY (ARRAY(
                    SELECT job_id FROM bare WHERE state = 'queued' AND run_at <= now()
                    ORDER BY run_at LIMIT 64 FOR UPDATE SKIP LOCKED))
                RETURNING job_id, claim_id, payload
                """
            try session.prepare(
                "claim",
                leavesEvents
                    ? """
                    WITH claimed AS (\(claim)), counted AS (
                        INSERT INTO bare_events (job_id, payload)
                        SELECT job_id, jsonb_build_object('to_state', 'working', 'claim', claim_id)
                        FROM claimed)
                    SELECT * FROM claimed
                    """ : claim)
            return try database.claimAll(jobs) { try session.run(prepared: "claim", []).count }
        }
    }
}

extension Database {
    fileprivate func claimAll(_ jobs: Int, _ claim: () throws -> Int) throws -> Sample {
        try session.run("VACUUM ANALYZE")
        try session.run("CHECKPOINT")
        let (wal, cpu, start) = (try wal(), Processors.busySeconds(), Date())
        var claimed = 0
        while claimed < jobs {
            let count = try claim()
            guard count > 0 else { throw BenchFailure("\(claimed) of \(jobs) claimed") }
            claimed += count
        }
        return Sample(
            units: jobs, seconds: -start.timeIntervalSinceNow,
            cpuSeconds: Processors.busySeconds() - cpu, walBytes: try self.wal() - wal, peakMB: 0)
    }

    /// The size of both buffers on disk, with their indexes.
    func bufferBytes() throws -> Int {
        let answer = try session.run(
            """
            SELECT pg_total_relation_size('upload_pipeline.document_vector_buffer')
                + pg_total_relation_size('upload_pipeline.document_chunk_buffer')
            """)
        return Int(answer[0][0]) ?? 0
    }
}
