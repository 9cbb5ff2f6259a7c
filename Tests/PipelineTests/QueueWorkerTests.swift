import Domain
import JobStorePostgres
import Kafka
import KafkaHints
import Pipeline
import Synchronization
import TestSupport
import Testing

/// From a hint to the record of how the work ended.
@Suite(.timeLimit(.minutes(5))) struct QueueWorkerTests {
    @Test func `a hint wakes a worker, and the finished job is hinted to the next queue`()
        async throws
    {
        try await WorkerBench.lend { bench in
            var bench = bench
            bench.idleWait = .seconds(3600)
            let database = bench.database
            let job = try await database.seedJob()
            let next = try bench.broker.consumer(
                group: "next", topics: [bench.topics.name(of: .chunk)])
            let handler = ScriptedHandler { job throws(JobFailure) in
                try await database.finishParsing(job)
            }
            try await bench.run(handler) { _ in
                try await bench.hint([job])
                let message = try await next.one()
                #expect(try Hint.read(message.value, on: .chunk) == job)
                #expect(try await database.position(job) == "parse_validated/done")
            }
            await next.close()
        }
    }

    @Test func `a job whose hint was lost is found by polling`() async throws {
        try await WorkerBench.lend { bench in
            let database = bench.database
            let job = try await database.seedJob()
            let handler = ScriptedHandler { job throws(JobFailure) in
                try await database.finishParsing(job)
            }
            try await bench.run(handler) { _ in
                try await bench.wait(for: job, at: "parse_validated/done")
            }
        }
    }

    @Test func `a worker runs at most one job per slot and completes all jobs`()
        async throws
    {
        try await WorkerBench.lend { bench in
            var bench = bench
            bench.slots = 3
            let database = bench.database
            var jobs: [JobID] = []
            for _ in 0..<12 { jobs.append(try await database.seedJob()) }
            let gate = Gate()
            let handler = ScriptedHandler { job throws(JobFailure) in
                do { try await gate.pass() } catch { throw .cancelled }
                try await database.finishParsing(job)
            }
            try await bench.run(handler) { [bench] _ in
                try await bench.hint(jobs + jobs)
                try await gate.reached(by: 3)
                let claimed = try await database.texts(
                    "SELECT count(*) FROM upload_pipeline.upload_jobs WHERE state = 'working'")
                #expect(claimed == ["3"])
                gate.open()
                for job in jobs { try await bench.wait(for: job, at: "parse_validated/done") }
            }
            #expect(gate.most == 3)
        }
    }

    @Test func `a claimed job is done even if its hint cannot be acknowledged`() async throws {
        try await WorkerBench.lend { bench in
            let database = bench.database
            let job = try await database.seedJob()
            let handler = ScriptedHandler { job throws(JobFailure) in
                try await database.finishParsing(job)
            }
            try await bench.run(handler, receiver: BrokenReceiver(job: job)) { _ in
                try await bench.wait(for: job, at: "parse_validated/done")
            }
        }
    }

    @Test func `heartbeats extend the lease of a job in progress`() async throws {
        try await WorkerBench.lend { bench in
            let job = try await bench.database.seedJob()
            let gate = Gate()
            let handler = ScriptedHandler { _ throws(JobFailure) in
                do { try await gate.pass() } catch { throw .cancelled }
            }
            try await bench.run(handler) { stop in
                try await gate.reached(by: 1)
                let first = try await bench.value("lease_until", of: job)
                while try await bench.value("lease_until", of: job) == first {
                    try await Task.sleep(for: .milliseconds(10))
                }
                gate.open()
            }
        }
    }

    @Test(arguments: [true, false])
    func `the deadline is extended only when the job makes progress`(
        makesProgress: Bool
    ) async throws {
        try await WorkerBench.lend { bench in
            let job = try await bench.database.seedJob()
            let gate = Gate()
            let handler = ScriptedHandler { _, progress throws(JobFailure) in
                if makesProgress { progress.advance() }
                do { try await gate.pass() } catch { throw .cancelled }
            }
            try await bench.run(handler) { stop in
                try await gate.reached(by: 1)
                let claimed = try await bench.value("claimed_at", of: job)
                let times = "stage_deadline - '\(claimed ?? "")' > interval '900.001 s'"
                for _ in 0..<2 {
                    let lease = try await bench.value("lease_until", of: job)
                    while try await bench.value("lease_until", of: job) == lease {
                        try await Task.sleep(for: .milliseconds(10))
                    }
                }
                #expect(try await bench.value(times, of: job) == "\(makesProgress)")
                gate.open()
            }
        }
    }

    @Test func `a job cancelled by a heartbeat after its completion counts as completed`()
        async throws
    {
        try await WorkerBench.lend { bench in
            let database = bench.database
            let job = try await database.seedJob()
            let next = try bench.broker.consumer(
                group: "next", topics: [bench.topics.name(of: .chunk)])
            let gate = Gate()
            let handler = ScriptedHandler { job throws(JobFailure) in
                try await database.finishParsing(job)
                // A heartbeat finds the claim gone and cancels the wait. The work is already done.
                _ = try? await gate.pass()
            }
            try await bench.run(handler) { _ in
                let message = try await next.one()
                #expect(try Hint.read(message.value, on: .chunk) == job)
            }
            await next.close()
        }
    }

    @Test func `a job claimed by another worker is stopped and writes nothing`() async throws {
        try await WorkerBench.lend { bench in
            let database = bench.database
            let job = try await database.seedJob()
            let gate = Gate()
            let isStopped = Mutex(false)
            let handler = ScriptedHandler { job throws(JobFailure) in
                do {
                    try await gate.pass()
                } catch {
                    isStopped.withLock { $0 = true }
                    try await database.finishParsing(job)
                }
            }
            try await bench.run(handler) { _ in
                try await gate.reached(by: 1)
                try await database.script(
                    """
                    UPDATE upload_pipeline.upload_jobs
                    SET claim_id = gen_random_uuid(), claimed_by = 'another'
                    """)
                while !isStopped.withLock({ $0 }) {
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
            #expect(try await bench.value("claimed_by", of: job) == "another")
            #expect(try await database.position(job) == "queued/working")
        }
    }

    @Test func `a worker survives the loss of its database connections`()
        async throws
    {
        try await WorkerBench.lend { bench in
            let database = bench.database
            let gate = Gate()
            let first = try await database.seedJob()
            let handler = ScriptedHandler { job throws(JobFailure) in
                do { try await gate.pass() } catch { throw .cancelled }
                try await database.finishParsing(job)
            }
            try await bench.run(handler) { _ in
                try await gate.reached(by: 1)
                try await database.script(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()
                    """)
                let second = try await database.seedJob()
                gate.open()
                try await bench.wait(for: first, at: "parse_validated/done")
                try await bench.wait(for: second, at: "parse_validated/done")
            }
        }
    }

    @Test(.enabled(if: TestBroker.isEmbedded))
    func `a worker continues after the broker stops`() async throws {
        try await WorkerBench.lend { bench in
            let database = bench.database
            let handler = ScriptedHandler { job throws(JobFailure) in
                try await database.finishParsing(job)
            }
            try await bench.run(handler) { _ in
                let first = try await database.seedJob()
                try await bench.hint([first])
                try await bench.wait(for: first, at: "parse_validated/done")
                bench.broker.embedded?.stop()
                let second = try await database.seedJob()
                try await bench.wait(for: second, at: "parse_validated/done")
            }
        }
    }
}

/// Returns the same hint on every call, and fails every acknowledgement.
private struct BrokenReceiver: HintReceiver {
    let job: JobID

    func next(max: Int, wait: Duration) async throws(JobFailure) -> HintBatch {
        // A cancelled wait ends early.
        _ = try? await Task.sleep(for: .milliseconds(5))
        return HintBatch(jobs: [job]) { () throws(JobFailure) in
            throw .transient(.queue(.unavailable), "the consumer is gone")
        }
    }

    func stopFetching() async {}
    func startFetching() async {}
}
