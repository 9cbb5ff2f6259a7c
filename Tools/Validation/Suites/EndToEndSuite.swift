import Domain
import TestCluster

/// Jobs at all stages, one job through all of them, and buffered compared with direct writes.
@MainActor
struct EndToEndSuite {
    let plan: ValidationPlan
    let ledger: Ledger

    func run() async throws {
        try await plan.withCluster("end-to-end") { cluster, database in
            try await cluster.begin(["ingest-api"])
            await ledger.record(.allStages) { try await allStages($0, cluster, database) }
            await ledger.record(.spread) { try await spread($0, cluster, database) }
        }
        await ledger.record(.bufferedAndDirect) {
            try await WriteMethods(plan: plan).compare($0)
        }
    }

    /// Starts each program once the one before it has finished, so that the row shows every
    /// position at which a job rests. The events show the others.
    private func allStages(
        _ checks: Checks, _ cluster: TestCluster, _ database: TrialDatabase
    ) async throws {
        checks.done = """
            Uploaded one document, started the four workers one after the other, read the row \
            after each worker and the events by `GET /v1/jobs/{id}/events`.
            """
        checks.expected = "Nine stages in order, each with its event."
        let accepted = try await cluster.client().upload("# One\n\nA document.", as: "one.md")
        var seen = [try await database.position(of: accepted.job_id)]
        let rests = ["parse_validated/done", "chunks_buffered/done", "embedding/done"]
        for (worker, rest) in zip(TestCluster.workers, rests + ["embedded/done"]) {
            try await cluster.add([worker])
            try await cluster.until("the job is at \(rest)") {
                try await database.position(of: accepted.job_id) == rest
            }
            seen.append(rest)
        }
        checks.equal(
            "positions seen in the row", seen, ["queued/queued"] + rests + ["embedded/done"])
        let events = try await cluster.client().events(of: accepted.job_id)
        let path = events.map { "\($0.payload.to_stage ?? "")/\($0.payload.to_state ?? "")" }
        checks.equal(
            "positions in the events", path,
            [
                "queued/queued", "queued/working", "job_validated/working", "parsing/working",
                "parsed/working", "parse_validated/done", "chunking/working",
                "chunks_buffered/done", "embedding/working", "embedding/done",
                "embedded/working", "embedded/done",
            ])
        var stages: [String] = []
        for stage in events.compactMap(\.payload.to_stage) where stages.last != stage {
            stages.append(stage)
        }
        checks.equal("stages in order", stages, Stage.allCases.map(\.rawValue))
    }

    /// Stops workers from the last to the first and uploads documents in between, so that jobs rest
    /// at several stages.
    private func spread(
        _ checks: Checks, _ cluster: TestCluster, _ database: TrialDatabase
    ) async throws {
        let count = plan.scale.documents
        checks.done = """
            Uploaded \(count) documents, stopped the flusher when they were done, uploaded \
            \(count) more, and so on up to the parse-worker; then started all four again.
            """
        checks.expected = """
            \(count) jobs each at five positions at the same time, equal in the table and the API; \
            all are done at the end.
            """
        let before = try await database.count("upload_pipeline.upload_jobs")
        let rests = [
            "embedded/done", "embedding/done", "chunks_buffered/done", "parse_validated/done",
            "queued/queued",
        ]
        for (rest, worker) in zip(rests, TestCluster.workers.reversed() + [""]) {
            _ = try await cluster.client().upload(count, as: "to-\(rest.prefix { $0 != "/" })")
            let resting = rest == "embedded/done" ? before + count : count
            try await cluster.until("\(count) jobs rest at \(rest)") {
                try await database.positions().contains("\(resting) \(rest)")
            }
            if !worker.isEmpty { try await cluster.end(worker) }
        }
        let expected = rests.reversed().map {
            "\($0 == "embedded/done" ? before + count : count) \($0)"
        }
        checks.equal("jobs by stage and state", try await database.positions(), expected)
        let reported = try await cluster.client().counts()
        checks.equal(
            "GET /v1/pipeline",
            rests.reversed().map { "\(reported[$0] ?? 0) \($0)" }, expected)
        try await cluster.add(TestCluster.workers)
        try await cluster.until("all jobs have ended", within: .seconds(120)) {
            try await database.unfinished() == 0
        }
        checks.equal(
            "at the end", try await database.positions(), ["\(before + count * 5) embedded/done"])
    }
}
