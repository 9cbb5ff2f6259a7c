import Domain
import Kafka
import KafkaHints
import Pipeline
import TestSupport
import Testing

/// What happens to a job whose work fails, and to work in progress at a shutdown.
@Suite(.timeLimit(.minutes(5))) struct FailureRecordTests {
    /// Runs one job into a failure and waits until it is at `position`; returns the job.
    private func fail(
        with failure: JobFailure, attemptsSpent: Int = 0, in bench: WorkerBench,
        until position: String
    ) async throws -> JobID {
        let job = try await bench.database.seedJob()
        try await bench.database.script(
            "UPDATE upload_pipeline.upload_jobs SET attempt = \(attemptsSpent)")
        let handler = ScriptedHandler { _ throws(JobFailure) in throw failure }
        try await bench.run(handler) { _ in try await bench.wait(for: job, at: position) }
        return job
    }

    @Test func `a transient failure is retried later`() async throws {
        try await WorkerBench.lend { bench in
            let job = try await fail(
                with: .transient(.provider(.error), "the other side hiccuped"), in: bench,
                until: "queued/retryable")
            #expect(try await bench.value("attempt", of: job) == "1")
            #expect(try await bench.value("last_error->>'error_type'", of: job) == "provider_error")
            #expect(
                try await bench.value(
                    "run_at - updated_at BETWEEN interval '74 s' AND interval '126 s'", of: job)
                    == "true")
        }
    }

    @Test func `a transient failure can request a longer retry delay`() async throws {
        try await WorkerBench.lend { bench in
            let job = try await fail(
                with: .transient(.provider(.error), "come back later", after: .seconds(5000)),
                in: bench,
                until: "queued/retryable")
            #expect(
                try await bench.value("run_at - updated_at > interval '4990 s'", of: job)
                    == "true")
        }
    }

    @Test func `a permanent failure makes a dead letter at once`() async throws {
        try await WorkerBench.lend { bench in
            let job = try await fail(
                with: .permanent(.document(.encrypted), "it has a password"), in: bench,
                until: "queued/deadletter")
            #expect(try await bench.value("last_error->>'error_type'", of: job) == "encrypted")
            #expect(try await bench.value("finished_at IS NOT NULL", of: job) == "true")
        }
    }

    @Test func `a failure on the last attempt makes a dead letter`() async throws {
        try await WorkerBench.lend { bench in
            let job = try await fail(
                with: .transient(.provider(.error), "again"), attemptsSpent: 4, in: bench,
                until: "queued/deadletter")
            #expect(try await bench.value("attempt", of: job) == "5")
        }
    }

    @Test func `a snooze on the last attempt does not make a dead letter`() async throws {
        try await WorkerBench.lend { bench in
            let pause = JobFailure(
                .unavailable(for: .seconds(300)), code: .provider(.rateLimit), message: "429")
            let job = try await fail(
                with: pause, attemptsSpent: 4, in: bench, until: "queued/retryable")
            #expect(try await bench.value("attempt", of: job) == "4")
        }
    }

    @Test func `a draining worker finishes its current job and claims no more`() async throws {
        try await WorkerBench.lend { bench in
            let database = bench.database
            let job = try await database.seedJob()
            let gate = Gate()
            let handler = ScriptedHandler { job throws(JobFailure) in
                do { try await gate.pass() } catch { throw .cancelled }
                try await database.finishParsing(job)
            }
            let next = try bench.broker.consumer(
                group: "next", topics: [bench.topics.name(of: .chunk)])
            let late = try await bench.run(handler) { shutDown in
                try await gate.reached(by: 1)
                await shutDown()
                // A claim may have been sent just before.
                let claims = """
                    SELECT 1 FROM pg_stat_activity
                    WHERE datname = current_database() AND state = 'active'
                      AND query LIKE '-- Claims%' AND pid <> pg_backend_pid()
                    """
                repeat { await Task.yield() } while try await !database.texts(claims).isEmpty
                let late = try await database.seedJob()
                gate.open()
                return late
            }
            #expect(try await database.position(job) == "parse_validated/done")
            #expect(try await database.position(late) == "queued/queued")
            let message = try await next.one()
            #expect(try Hint.read(message.value, on: .chunk) == job)
            await next.close()
        }
    }

    @Test func `a job that outlasts the drain grace is released without costing an attempt`()
        async throws
    {
        try await WorkerBench.lend { bench in
            var bench = bench
            bench.drainGrace = .zero
            let job = try await bench.database.seedJob()
            let gate = Gate()
            let handler = ScriptedHandler { _ throws(JobFailure) in
                do { try await gate.pass() } catch { throw .cancelled }
            }
            try await bench.run(handler) { _ in try await gate.reached(by: 1) }
            #expect(try await bench.database.position(job) == "queued/queued")
            #expect(try await bench.value("attempt", of: job) == "0")
        }
    }
}
