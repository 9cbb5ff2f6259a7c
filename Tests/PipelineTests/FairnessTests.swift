import Domain
import JobStorePostgres
import Pipeline
import Synchronization
import TestSupport
import Testing

/// Tenants take turns, and long jobs leave a slot to short ones.
@Suite(.timeLimit(.minutes(5))) struct FairnessTests {
    /// Finishes jobs and records their order.
    private final class Recorder: Sendable {
        let order = Mutex<[JobID]>([])

        func handler(_ database: TestDatabase) -> ScriptedHandler {
            ScriptedHandler { job throws(JobFailure) in
                try await database.finishParsing(job)
                self.order.withLock { $0.append(job.claim.job) }
            }
        }
    }

    @Test(arguments: [true, false], [1, 2, 8])
    func `a single job does not wait behind another tenant's backlog`(isHinted: Bool, slots: Int)
        async throws
    {
        try await WorkerBench.lend { bench in
            var bench = bench
            bench.slots = slots
            let database = bench.database
            let many = try await database.seedJobs(200, of: TenantID())
            let one = try await database.seedJob(of: TenantID())
            let recorder = Recorder()
            if isHinted { try await bench.hint(many + [one]) }
            try await bench.run(recorder.handler(database)) { [bench] _ in
                for job in [one] + many {
                    try await bench.wait(for: job, at: "parse_validated/done")
                }
            }
            let place = try #require(recorder.order.withLock { $0.firstIndex(of: one) })
            // One round of work, or two where a round is a single job.
            #expect(place < 3 * slots, "place \(place)")
        }
    }

    @Test func `every tenant gets a turn during one tenant's flood of hints`() async throws {
        try await WorkerBench.lend { bench in
            var bench = bench
            bench.slots = 4
            let database = bench.database
            let flood = try await database.seedJobs(150, of: TenantID())
            let others = try await database.seedJobs(12)
            let recorder = Recorder()
            try await bench.hint(flood)
            try await bench.run(recorder.handler(database)) { [bench] _ in
                for job in others + flood {
                    try await bench.wait(for: job, at: "parse_validated/done")
                }
            }
            let order = recorder.order.withLock { $0 }
            let last = others.compactMap(order.firstIndex(of:)).max() ?? 0
            // After the first rounds, at least one of the others for each job of the flood.
            #expect(last < 60, "the last is at place \(last)")
        }
    }

    @Test func `long jobs leave a slot for short ones`() async throws {
        try await WorkerBench.lend { bench in
            var bench = bench
            bench.slots = 2
            let database = bench.database
            let long = try await database.seedJobs(4)
            let short = try await database.seedJobs(3)
            let ids = long.map { "'\($0)'" }.joined(separator: ", ")
            try await database.script(
                "UPDATE upload_pipeline.upload_jobs SET expected_chunks = 1000 "
                    + "WHERE job_id IN (\(ids))")
            let gate = Gate()
            let handler = ScriptedHandler { job throws(JobFailure) in
                if long.contains(job.claim.job) {
                    do { try await gate.pass() } catch { throw .cancelled }
                }
                try await database.finishParsing(job)
            }
            try await bench.hint(long + short)
            try await bench.run(handler) { [bench] _ in
                // Done while the first long job is still in progress.
                for job in short { try await bench.wait(for: job, at: "parse_validated/done") }
                try await gate.reached(by: 1)
                gate.open()
                for job in long { try await bench.wait(for: job, at: "parse_validated/done") }
            }
        }
    }
}
