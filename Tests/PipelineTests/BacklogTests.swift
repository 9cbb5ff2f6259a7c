import Domain
import JobStorePostgres
import Kafka
import Pipeline
import Synchronization
import TestSupport
import Testing

/// Backlogs, jobs without hints, and jobs that take long.
@Suite(.timeLimit(.minutes(5))) struct BacklogTests {
    @Test func `a backlog without hints is worked off without a wait between its jobs`()
        async throws
    {
        try await WorkerBench.lend { bench in
            var bench = bench
            // The test has time for one wait, but not for a second.
            bench.idleWait = .seconds(20)
            bench.slots = 1
            let database = bench.database
            let jobs = try await database.seedJobs(12)
            let handler = ScriptedHandler { job throws(JobFailure) in
                try await database.finishParsing(job)
            }
            try await bench.run(handler) { [bench] _ in
                try await bench.hint([jobs[5]])
                for job in jobs { try await bench.wait(for: job, at: "parse_validated/done") }
            }
        }
    }

    @Test func `under more hints than slots a worker still finds the job without a hint`()
        async throws
    {
        try await WorkerBench.lend { bench in
            var bench = bench
            bench.slots = 1
            let database = bench.database
            // All of one tenant: a tenant that the hints do not name has its own turn.
            let tenant = TenantID()
            let unhinted = try await database.seedJob(of: tenant)
            let hinted = try await database.seedJobs(300, of: tenant)
            let done = Mutex<[JobID]>([])
            let handler = ScriptedHandler { job throws(JobFailure) in
                // All jobs take longer than the ten idle waits after which a busy worker polls.
                do { try await Task.sleep(for: .milliseconds(5)) } catch { throw .cancelled }
                try await database.finishParsing(job)
                done.withLock { $0.append(job.claim.job) }
            }
            try await bench.hint(hinted)
            try await bench.run(handler) { [bench] _ in
                for job in [unhinted] + hinted {
                    try await bench.wait(for: job, at: "parse_validated/done")
                }
            }
            let order = done.withLock { $0 }
            #expect(try #require(order.firstIndex(of: unhinted)) < hinted.count)
        }
    }

    @Test func `workers continue without a broker`() async throws {
        try await WorkerBench.lend { bench in
            let database = bench.database
            let jobs = try await database.seedJobs(9)
            let handler = ScriptedHandler { job throws(JobFailure) in
                try await database.finishParsing(job)
            }
            try await bench.run(handler, receiver: UnreachableReceiver()) { [bench] _ in
                for job in jobs { try await bench.wait(for: job, at: "parse_validated/done") }
            }
        }
    }

    @Test func `a document that fails every time ends as a dead letter and delays no other`()
        async throws
    {
        try await WorkerBench.lend { bench in
            var bench = bench
            bench.slots = 1
            bench.retry = RetryPolicy(base: .zero, cap: .zero)
            let database = bench.database
            let (killer, others) = (try await database.seedJob(), try await database.seedJobs(20))
            let attempts = Mutex(0)
            let handler = ScriptedHandler { job throws(JobFailure) in
                guard job.claim.job != killer else {
                    attempts.withLock { $0 += 1 }
                    throw .transient(.parser(.crashed), "the parser was ended by signal 11")
                }
                try await database.finishParsing(job)
            }
            try await bench.run(handler) { [bench] _ in
                try await bench.hint([killer] + others)
                while try await database.position(killer) != "queued/deadletter" {
                    _ = try await database.store.resumeDueRetries(limit: 9)
                    try await Task.sleep(for: .milliseconds(5))
                }
                for job in others { try await bench.wait(for: job, at: "parse_validated/done") }
            }
            #expect(attempts.withLock { $0 } == 5)
            #expect(
                try await bench.value("last_error ->> 'error_type'", of: killer)
                    == "parser_crashed")
        }
    }

    @Test func `long work delays no other and costs no partition`() async throws {
        try await WorkerBench.lend { bench in
            var bench = bench
            bench.slots = 1
            let database = bench.database
            let (long, others) = (try await database.seedJob(), try await database.seedJobs(24))
            let gate = Gate()
            let handler = ScriptedHandler { job throws(JobFailure) in
                if job.claim.job == long {
                    do { try await gate.pass() } catch { throw .cancelled }
                }
                try await database.finishParsing(job)
            }
            let (first, second) = (try bench.member(), try bench.member())
            let receivers = (try bench.receiver(first), try bench.receiver(second))
            try await bench.run(handler, receiver: receivers.0) { [bench] _ in
                try await bench.run(handler, receiver: receivers.1) { _ in
                    // An external Kafka creates the topic with its first message.
                    try await bench.hint([JobID()])
                    while first.assignment.isEmpty
                        || first.assignment.count != second.assignment.count
                    {
                        try await Task.sleep(for: .milliseconds(20))
                    }
                    let held = [first, second].map(\.assignment)
                    try await bench.hint([long])
                    try await gate.reached(by: 1)
                    try await bench.hint(others)
                    for job in others {
                        try await bench.wait(for: job, at: "parse_validated/done")
                    }
                    #expect(try await database.position(long) == "queued/working")
                    // Longer than the silence after which a member is considered dead.
                    try await Task.sleep(for: WorkerBench.memberTimeout + .seconds(1))
                    #expect([first, second].map(\.assignment) == held)
                    gate.open()
                    try await bench.wait(for: long, at: "parse_validated/done")
                }
            }
            await first.close()
            await second.close()
        }
    }
}
