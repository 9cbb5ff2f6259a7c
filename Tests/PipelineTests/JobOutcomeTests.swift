import Domain
import Logging
import Testing

@testable import Pipeline

@Suite struct JobOutcomeTests {
    @Test(arguments: [
        (FailureVerdict.retry(after: .seconds(1), countsAsAttempt: true), "retried"),
        (.retry(after: .seconds(1), countsAsAttempt: false), "snoozed"),
        (.deadletter, "deadlettered"),
    ])
    func `a failure is counted by what happens to the job`(verdict: FailureVerdict, label: String) {
        #expect(JobOutcome(verdict)?.label == label)
    }

    @Test func `nothing is recorded under a claim that is lost`() {
        #expect(JobOutcome(.abandon) == nil)
        #expect(JobOutcome.lost.label == JobOutcome.unrecorded.label)
    }

    @Test func `only a job that needs an operator is logged as an error`() {
        let outcomes: [JobOutcome] = [
            .completed, .retried, .snoozed, .deadlettered, .released, .lost, .unrecorded,
        ]
        #expect(outcomes.filter { $0.level == .error }.map(\.label) == ["deadlettered"])
    }

    @Test(arguments: [(0.0, 9.0), (0.5, 10.0), (1.0, 11.0)])
    func `a periodic task varies its interval by up to a tenth`(random: Double, seconds: Double) {
        var timing = Timing.machine
        timing.random = { random }
        #expect(abs(timing.jittered(.seconds(10)) / .seconds(seconds) - 1) < 1e-9)
    }
}
