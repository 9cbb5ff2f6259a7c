import Domain
import Logging
import Synchronization
import Testing

@testable import Pipeline

/// How a job ends whose outcome the store does not accept.
@Suite(.timeLimit(.minutes(5))) struct UnrecordedOutcomeTests {
    @Test func `an outcome that the store refuses four times is left to the lease`() async {
        let store = RefusingStore(refusals: .max)
        let lines = await run(on: store)
        #expect(store.writes == 4)
        #expect(lines.last == "outcome not recorded; the claim ends with its lease")
        #expect(lines.count == 5, "a line for each refusal and one for the outcome")
    }

    @Test func `an outcome that the store accepts at the fourth try is recorded`() async {
        let store = RefusingStore(refusals: 3)
        let lines = await run(on: store)
        #expect(store.writes == 4)
        #expect(lines.last == "job will be retried")
    }

    /// Runs a job whose work fails; returns the messages of the log.
    private func run(on store: RefusingStore) async -> [String] {
        let lines = Messages()
        var timing = Timing.machine
        timing.sleep = { _ in }
        let worker = QueueWorker(
            handler: ScriptedHandler { _ throws(JobFailure) in
                throw .transient(.provider(.error), "no luck")
            },
            store: store, receiver: UnreachableReceiver(), sender: NoSender(),
            configuration: QueueWorkerConfiguration(worker: "test", slots: 1), timing: timing,
            logger: Logger(label: "test") { _ in MessageHandler(messages: lines) })
        let job = ClaimedJob(
            claim: Claim(job: JobID(), token: ClaimID()), queue: .parse, stage: .queued,
            document: DocumentID(), tenant: TenantID(), generation: 1, attempt: 1, attemptsMax: 5,
            filename: "a.txt", mime: "text/plain", byteCount: 1, fileSHA256: "", rawPath: "")
        let (stop, end) = AsyncStream<StopReason>.makeStream()
        await JobRun(worker: worker, job: job, progress: Progress(), stop: stop).run()
        end.finish()
        return lines.all
    }
}

/// A store that refuses the first writes of a failure.
private final class RefusingStore: JobStore {
    private let count = Mutex(0)
    private let refusals: Int

    init(refusals: Int) { self.refusals = refusals }

    var writes: Int { count.withLock { $0 } }

    func fail(
        _ claim: Claim, _ failure: JobFailure, verdict: FailureVerdict
    ) async throws(JobFailure) {
        let number = count.withLock { count in
            count += 1
            return count
        }
        if number <= refusals { throw .transient(.database(.unavailable), "no server") }
    }

    func claim(
        _ jobs: [JobID], chunksMax: Int, from queue: WorkQueue, as worker: WorkerName,
        on terms: ClaimTerms
    ) -> [ClaimedJob] { [] }

    func claimWaiting(
        _ limits: ClaimLimits, from queue: WorkQueue, as worker: WorkerName, on terms: ClaimTerms
    ) -> [ClaimedJob] { [] }

    func missingJobs(_ jobs: [JobID]) -> Set<JobID> { [] }
    func heartbeat(_ heartbeats: [Heartbeat], on terms: ClaimTerms) -> Set<Claim> { [] }
    func advance(_ claim: Claim, through stages: [Stage]) {}
    func release(_ claims: [Claim]) {}
}

private struct NoSender: HintSender {
    func send(_ jobs: [JobID], to queue: WorkQueue) {}
}

private final class Messages: Sendable {
    private let kept = Mutex<[String]>([])
    var all: [String] { kept.withLock { $0 } }
    func append(_ message: String) { kept.withLock { $0.append(message) } }
}

private struct MessageHandler: LogHandler {
    let messages: Messages
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { messages.append("\(event.message)") }
}
