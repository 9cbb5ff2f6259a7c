import TestCluster

/// Measures how rate and latency change with the number of workers, with a slow provider.
@MainActor
struct WorkerCurve {
    let plan: ValidationPlan

    private struct Level {
        var workers: Int
        var rate: Double
        /// From claim to end, in milliseconds.
        var latency: Quantiles
        var jobs: Int
    }

    func measure(_ checks: Checks) async throws {
        let scale = plan.scale
        let levels = scale.levels.map { "\($0)" }.joined(separator: ", ")
        checks.done = """
            Let \(levels) embed-workers of one slot embed through a provider that answers after \
            \(scale.providerMilliseconds) ms, \(scale.jobsPerWorker) jobs for each worker.
            """
        checks.expected =
            "All jobs of each level are done once; the rate never falls by more than 10 % as "
            + "workers are added."
        try await plan.withCluster("curve", ["MILLRACE_SLOTS": "1"]) { cluster, database in
            let provider = try await cluster.startProvider(latency: scale.providerMilliseconds)
            try await cluster.begin([])
            var measured: [Level] = []
            var running = 0
            for workers in scale.levels {
                let fresh = (running + 1...workers).map { "embed-worker-\($0)" }
                running = workers
                for name in fresh {
                    try cluster.start(
                        "embed-worker", as: name,
                        [
                            "MILLRACE_POSTGRES_CONNECTIONS": "2", "MILLRACE_EMBEDDER": "openai",
                            "MILLRACE_OPENAI_BASE_URL": provider + "/v1",
                        ])
                }
                try await cluster.waitUntilReady(fresh)
                measured.append(try await level(workers, cluster, database, checks))
            }
            if plan.isTimed { compare(measured, checks) }
        }
    }

    private func level(
        _ workers: Int, _ cluster: TestCluster, _ database: TrialDatabase, _ checks: Checks
    ) async throws -> Level {
        let jobs = workers * plan.scale.jobsPerWorker
        let last = try await database.number(
            "SELECT coalesce(max(event_id), 0) FROM upload_pipeline.events")
        try await EmbedJobs.insert(jobs, into: database)
        try await EmbedJobs.waitUntilDone(cluster, database)
        let steps = try await EmbedJobs.steps(database, after: last)
        let claims = steps.filter(\.isClaim)
        let ends = steps.filter(\.isEnd)
        checks.equal("claims at \(workers)", claims.count, jobs)
        checks.equal("done at \(workers)", ends.count, jobs)
        checks.equal("jobs done twice at \(workers)", ends.count - Set(ends.map(\.job)).count, 0)
        let begun = Dictionary(claims.map { ($0.job, $0.at) }) { first, _ in first }
        let latencies = ends.compactMap { end in begun[end.job].map { (end.at - $0) * 1000 } }
        let span = (ends.map(\.at).max() ?? 0) - (claims.map(\.at).min() ?? 0)
        return Level(
            workers: workers, rate: Double(jobs) / max(span, 0.001),
            latency: latencies.quantiles, jobs: jobs)
    }

    private func compare(_ levels: [Level], _ checks: Checks) {
        for (level, next) in zip(levels, levels.dropFirst()) {
            checks.require(
                "jobs per second with \(next.workers) workers", next.rate.short,
                next.rate >= level.rate * 0.9)
        }
        let most = levels.map(\.rate).max() ?? 1
        checks.appendix =
            (MarkdownTable.head(
                ["workers", "jobs per second", "for each worker", "p50 ms", "p99 ms", "curve"])
            + levels.map { level in
                MarkdownTable.row([
                    "\(level.workers)", level.rate.short,
                    (level.rate / Double(level.workers)).short, level.latency.median.short,
                    level.latency.p99.short,
                    "`" + String(repeating: "█", count: max(1, Int(level.rate / most * 40))) + "`",
                ])
            }).joined(separator: "\n")
    }
}
