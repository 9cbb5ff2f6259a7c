import Domain
import Kafka
import KafkaHints
import Pipeline
import Synchronization
import TestSupport
import Testing

/// Messages that are hints, messages that are not, and hints that cannot be sent.
@Suite(.timeLimit(.minutes(5))) struct HintTests {
    static let job = "0b5a1e7e-3f6e-4a38-9a52-5a1b7f9c0d11"

    @Test(arguments: [
        (#"{"v":1,"job":"\#(job)","queue":"embed"}"#, "wrong_queue"),
        (#"{"v":2,"job":"\#(job)","queue":"parse"}"#, "unknown_version"),
        (#"{"v":1,"job":"17","queue":"parse"}"#, "not_a_hint"),
        (#"{"v":1,"queue":"parse"}"#, "not_a_hint"),
        ("parse this, please", "not_a_hint"),
        ("", "not_a_hint"),
        (String(repeating: " ", count: 4097), "too_large"),
    ])
    func `a message that is not a hint is rejected with the reason`(text: String, reason: String) {
        let rejection = #expect(throws: Hint.Rejection.self) {
            try Hint.read(Array(text.utf8), on: .parse)
        }
        #expect(rejection?.reason == reason)
    }

    @Test func `a hint of a later minor kind is read`() throws {
        let text = #"{"v":1,"job":"\#(Self.job)","queue":"parse","priority":"high"}"#
        #expect(try Hint.read(Array(text.utf8), on: .parse).description == Self.job)
    }

    @Test func `messages that are not hints are stored with the reason and delay no hint`()
        async throws
    {
        try await WorkerBench.lend { bench in
            var bench = bench
            bench.idleWait = .seconds(3600)
            let database = bench.database
            let job = try await database.seedJob()
            let unknown = JobID()
            let rejected = try bench.broker.consumer(
                group: "rejected", topics: [bench.topics.deadletter])
            let foreign: [(bytes: [UInt8], reason: String)] = [
                (Array("not json".utf8), "not_a_hint"),
                ([UInt8](repeating: 0xff, count: 900_000), "too_large"),
                (Array(#"{"v":9,"job":"\#(Self.job)","queue":"parse"}"#.utf8), "unknown_version"),
            ]
            let handler = ScriptedHandler { job throws(JobFailure) in
                try await database.finishParsing(job)
            }
            try await bench.run(handler) { [bench] _ in
                for message in foreign { try await bench.put(message.bytes) }
                try await bench.hint([unknown, job])
                try await bench.wait(for: job, at: "parse_validated/done")
                // A repeated hint is stale, but its job exists.
                try await bench.hint([job])
                var reasons: [String: Int] = [:]
                while reasons.count < foreign.count + 1 {
                    let message = try await rejected.one()
                    let reason = message.headers.first { $0.name == "reason" }
                    reasons[String(decoding: reason?.value ?? [], as: UTF8.self)] =
                        message.value.count
                }
                #expect(
                    reasons == [
                        "not_a_hint": 8, "too_large": 64 << 10,
                        "unknown_version": foreign[2].bytes.count,
                        "unknown_job": Hint(job: unknown, queue: .parse).bytes.count,
                    ])
            }
            await rejected.close()
        }
    }

    @Test func `the outbox drops hints beyond its capacity while the broker is stalled`()
        async throws
    {
        let gate = Gate()
        let sender = GatedSender(gate: gate)
        let outbox = HintOutbox(sender, capacity: 2, logger: TestBroker.silent)
        let jobs = (0..<6).map { _ in JobID() }
        async let running: Void = outbox.run()
        outbox.put(jobs[0], to: .chunk)
        try await gate.reached(by: 1)
        for job in jobs.dropFirst() { outbox.put(job, to: .chunk) }
        gate.open()
        outbox.finish()
        await running
        #expect(sender.sent.withLock { $0 } == Array(jobs.prefix(3)))
    }
}

/// Sends only while its gate is open.
private final class GatedSender: HintSender {
    let gate: Gate
    let sent = Mutex<[JobID]>([])

    init(gate: Gate) { self.gate = gate }

    func send(_ jobs: [JobID], to queue: WorkQueue) async throws(JobFailure) {
        do { try await gate.pass() } catch { throw .cancelled }
        sent.withLock { $0 += jobs }
    }
}
