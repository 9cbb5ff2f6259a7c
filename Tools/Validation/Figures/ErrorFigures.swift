import Domain
import JobStorePostgres
import Postgres
import TestCluster

/// Measures recording failures, detecting dead work and queueing due retries.
@MainActor
struct ErrorFigures {
    let bench: FigureBench

    func measure() async throws {
        let alone = bench.makeJobs(500, chunks: 1).batches(of: 1)
        let sets = bench.makeJobs(Figures.setSize * 30, chunks: 1).batches(of: Figures.setSize)
        let batches = alone + sets
        try await bench.run(batches, FigureBench.accept)
        _ = try await bench.claim(batches) { FigureBench.claim($0, .parse) }
        bench.add(
            Figure(
                name: "schedule a retry", there: "<2 ms", statement: "fail.sql to retryable",
                alone: try await bench.run(alone) { Self.fail($0[0], .retryable) }))
        for job in sets.flatMap(\.self) {
            try await bench.run([[job]]) { Self.fail($0[0], .retryable) }
        }
        bench.add(
            Figure(
                name: "recovery check", there: "<5 ms",
                statement: "resume_retries.sql, which finds due retries and queues them",
                alone: try await bench.run(alone) { FigureBench.Jobs.resumeRetries($0.count) },
                set: (
                    Figures.setSize,
                    try await bench.run(sets) { FigureBench.Jobs.resumeRetries($0.count) }
                )))
        // Leases that expire at once, like those of a dead worker.
        _ = try await bench.claim(batches) { FigureBench.claim($0, .parse, lease: 0) }
        let expire = { (jobs: [FigureBench.Job]) in
            FigureBench.Jobs.expireClaims("lease_expired", jobs.count, Double(0), Double(0))
        }
        bench.add(
            Figure(
                name: "detect an error", there: "<1 ms",
                statement: "expire_claims.sql, which finds dead work and records the failure",
                alone: try await bench.run(alone, expire),
                set: (Figures.setSize, try await bench.run(sets, expire))))
        try await bench.run(sets) { FigureBench.Jobs.resumeRetries($0.count) }
        try await bench.run(alone) { FigureBench.Jobs.resumeRetries($0.count) }
        _ = try await bench.claim(alone) { FigureBench.claim($0, .parse) }
        bench.add(
            Figure(
                name: "error transition", there: "<1 ms", statement: "fail.sql to deadletter",
                alone: try await bench.run(alone) { Self.fail($0[0], .deadletter) }))
    }

    private static func fail(_ job: FigureBench.Job, _ state: JobState) -> PostgresStatement {
        FigureBench.Jobs.fail(
            job.id, job.claim, state.rawValue, "provider_unreachable", "no answer", Double(0), true)
    }
}
