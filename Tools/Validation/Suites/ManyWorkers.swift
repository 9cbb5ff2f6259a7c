import TestCluster

/// Workers that claim from the same table at once.
@MainActor
struct ManyWorkers {
    let plan: ValidationPlan

    /// The longest time that a worker may be idle while jobs wait: its idle wait and a claim.
    private static let idleMax = 1.0

    func claim(_ checks: Checks) async throws {
        let (workers, jobs) = (plan.scale.workers, plan.scale.jobs)
        checks.done = """
            Started \(workers) embed-workers of 4 slots (feature hashing), inserted \
            \(jobs.grouped) jobs of 50 tenants by one statement, and let the workers find them \
            by polling. Lock waits are sampled in pg_stat_activity every 10 ms\
            \(plan.serverLog == nil ? "" : " and counted by log_lock_waits from 10 ms on").
            """
        checks.expected = """
            Each job is claimed once and ends at embedding/done; no worker is idle for longer \
            than its idle wait of 0.2 s and a claim while jobs wait; no deadlock.
            """
        try await plan.withCluster("workers", ["MILLRACE_SLOTS": "4"]) { cluster, database in
            try await logLockWaits(database)
            try await cluster.begin([])
            let names = (1...workers).map { "embed-worker-\($0)" }
            for name in names {
                try cluster.start(
                    "embed-worker", as: name, ["MILLRACE_POSTGRES_CONNECTIONS": "2"])
            }
            try await cluster.waitUntilReady(names)
            let log = plan.serverLog?.position()
            let watch = LockWatch(url: database.url)
            async let waits = watch.run()
            try await EmbedJobs.insert(jobs, into: database)
            try await EmbedJobs.waitUntilDone(cluster, database)
            watch.stop()
            try await compare(try await EmbedJobs.steps(database, after: 0), checks)
            let seen = try await waits
            checks.note("sessions that waited for a lock", seen.text)
            if let log, let text = plan.serverLog?.text(since: log) {
                let count = text.split(separator: "\n").count { $0.contains("still waiting for") }
                checks.note("lock waits of 10 ms or more in the server's log", "\(count)")
            }
            checks.equal("deadlocks", try await database.deadlocks(), 0)
        }
    }

    /// Applies to sessions that begin afterwards.
    private func logLockWaits(_ database: TrialDatabase) async throws {
        for setting in ["log_lock_waits = on", "deadlock_timeout = ''10ms''"] {
            try await database.execute(
                """
                DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET \(setting)',
                    current_database()); END $$
                """)
        }
    }

    private func compare(_ steps: [EmbedJobs.Step], _ checks: Checks) async throws {
        let claims = Dictionary(grouping: steps.filter(\.isClaim), by: \.job)
        checks.equal("jobs claimed", claims.count, plan.scale.jobs)
        checks.equal("jobs claimed twice", claims.values.count { $0.count > 1 }, 0)
        checks.equal("jobs done", steps.count(where: \.isEnd), plan.scale.jobs)
        let byWorker = Dictionary(grouping: steps.filter(\.isClaim), by: \.worker)
        checks.note(
            "workers that claimed, fewest and most jobs",
            "\(byWorker.count), \(byWorker.values.map(\.count).min() ?? 0), "
                + "\(byWorker.values.map(\.count).max() ?? 0)")
        guard plan.isTimed else { return }
        checks.equal("workers that claimed", byWorker.count, plan.scale.workers)
        let idle = Self.longestIdle(steps, jobs: plan.scale.jobs)
        checks.require(
            "longest time that a worker was idle while jobs waited", idle.short + " s",
            idle <= Self.idleMax)
        checks.note("most concurrent jobs", "\(Self.mostAtWork(steps))")
    }

    /// The longest time for which a worker had no job while jobs waited, in seconds.
    private static func longestIdle(_ steps: [EmbedJobs.Step], jobs: Int) -> Double {
        var (waiting, longest, lastClaim) = (jobs, 0.0, 0.0)
        for step in steps where step.isClaim {
            waiting -= 1
            if waiting == 0 { lastClaim = step.at }
        }
        var atWork: [String: Int] = [:]
        // All workers start idle.
        var idleSince = Dictionary(
            steps.map { ($0.worker, steps[0].at) }
        ) { first, _ in first }
        for step in steps {
            if step.isClaim {
                if let since = idleSince.removeValue(forKey: step.worker) {
                    longest = max(longest, min(step.at, lastClaim) - since)
                }
                atWork[step.worker, default: 0] += 1
            } else {
                atWork[step.worker, default: 0] -= 1
                if atWork[step.worker] == 0 { idleSince[step.worker] = step.at }
            }
        }
        for since in idleSince.values { longest = max(longest, lastClaim - since) }
        return longest
    }

    private static func mostAtWork(_ steps: [EmbedJobs.Step]) -> Int {
        var (now, most) = (0, 0)
        for step in steps {
            now += step.isClaim ? 1 : -1
            most = max(most, now)
        }
        return most
    }
}
