import Domain
import Testing

@Suite struct FailureVerdictTests {
    let policy = RetryPolicy(base: .seconds(2), cap: .seconds(60))

    private func verdict(_ failure: JobFailure, attempt: Int) -> FailureVerdict {
        FailureVerdict(failure, attempt: attempt, attemptsMax: 5, policy: policy, jitter: 0.5)
    }

    @Test func `delays double with every failure up to the maximum`() {
        let delays = (0...6).map { policy.delay(failures: $0, jitter: 0.5) }
        #expect(delays == [2, 4, 8, 16, 32, 60, 60].map { Duration.seconds($0) })
    }

    @Test func `jitter moves a delay by at most a quarter`() {
        #expect(policy.delay(failures: 1, jitter: 0) == .seconds(3))
        #expect(policy.delay(failures: 1, jitter: 1) == .seconds(5))
    }

    @Test func `extreme counts neither trap nor exceed the maximum`() {
        #expect(policy.delay(failures: .max, jitter: 2) == .seconds(75))
        #expect(policy.delay(failures: -1, jitter: -1) == .seconds(1.5))
    }

    @Test func `a transient failure is retried until its attempts are spent`() {
        let failure = JobFailure.transient(.parser(.timeout), "too slow")
        #expect(
            verdict(failure, attempt: 1) == .retry(after: .seconds(2), countsAsAttempt: true))
        #expect(
            verdict(failure, attempt: 4) == .retry(after: .seconds(16), countsAsAttempt: true))
        #expect(verdict(failure, attempt: 5) == .deadletter)
    }

    @Test func `a longer delay requested by the provider is used`() {
        let failure = JobFailure.transient(.provider(.error), "later", after: .seconds(30))
        #expect(
            verdict(failure, attempt: 1) == .retry(after: .seconds(30), countsAsAttempt: true))
    }

    @Test func `an unavailable dependency costs no attempt, not even the last one`() {
        let failure = JobFailure.unavailable(.storage(.diskFull), "no space", for: .seconds(8))
        #expect(
            verdict(failure, attempt: 5) == .retry(after: .seconds(10), countsAsAttempt: false))
    }

    @Test func `a permanent failure makes a dead letter at once`() {
        #expect(verdict(.permanent(.document(.encrypted), "locked"), attempt: 1) == .deadletter)
    }

    @Test func `a worker with a lost claim writes nothing`() {
        #expect(verdict(.leaseLost(JobID()), attempt: 1) == .abandon)
    }
}
