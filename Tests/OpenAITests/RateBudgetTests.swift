import Testing

@testable import OpenAI

/// Rate limits that a server reports, and how the client applies them.
@Suite struct RateBudgetTests {
    private func headers(_ headers: [String: String]) -> (String) -> String? { { headers[$0] } }

    @Test func `a limit that is not reported does not apply`() {
        var budget = RateBudget()
        #expect(budget.take(tokens: 1_000_000, at: .zero) == nil)
        budget.note(headers([:]), at: .zero)
        budget.note(headers(["x-ratelimit-remaining-requests": "0"]), at: .zero)
        #expect(budget.take(tokens: 1, at: .zero) == nil)
    }

    @Test func `requests are deducted from the remaining ones until the reset`() {
        var budget = RateBudget()
        budget.note(
            headers([
                "x-ratelimit-remaining-requests": "2", "x-ratelimit-reset-requests": "1m30s",
            ]), at: .seconds(10))
        #expect(budget.take(tokens: 5, at: .seconds(10)) == nil)
        #expect(budget.take(tokens: 5, at: .seconds(11)) == nil)
        #expect(budget.take(tokens: 5, at: .seconds(12)) == .seconds(88))
        #expect(budget.take(tokens: 5, at: .seconds(100)) == nil)
    }

    @Test func `a request waits for the tokens that it needs`() {
        var budget = RateBudget()
        budget.note(
            headers(["x-ratelimit-remaining-tokens": "100", "x-ratelimit-reset-tokens": "20ms"]),
            at: .zero)
        #expect(budget.take(tokens: 60, at: .zero) == nil)
        #expect(budget.take(tokens: 60, at: .zero) == .milliseconds(20))
        #expect(budget.take(tokens: 40, at: .zero) == nil)
        #expect(budget.take(tokens: 60, at: .milliseconds(20)) == nil)
    }

    @Test func `the newest headers replace the previous ones`() {
        var budget = RateBudget()
        for (second, remaining) in [(0, "1"), (1, "7")] {
            budget.note(
                headers([
                    "x-ratelimit-remaining-requests": remaining,
                    "x-ratelimit-reset-requests": "60s",
                ]), at: .seconds(second))
        }
        for _ in 0..<7 { #expect(budget.take(tokens: 1, at: .seconds(1)) == nil) }
        #expect(budget.take(tokens: 1, at: .seconds(1)) == .seconds(60))
    }

    @Test func `a cool-down delays all requests until it is over`() {
        var budget = RateBudget()
        budget.pause(for: .seconds(3), at: .seconds(1))
        budget.pause(for: .seconds(1), at: .seconds(1))
        #expect(budget.take(tokens: 1, at: .seconds(2)) == .seconds(2))
        #expect(budget.take(tokens: 1, at: .seconds(4)) == nil)
    }

    @Test(
        arguments: [
            ("20ms", Duration.milliseconds(20)), ("1s", .seconds(1)), ("6m0s", .seconds(360)),
            ("1h2m3.5s", .seconds(3723.5)), ("0s", .zero), ("", nil), ("soon", nil), ("5", nil),
            ("90000s", nil),
        ] as [(String, Duration?)])
    func `reset durations are parsed, and invalid ones are ignored`(
        text: String, duration: Duration?
    ) {
        #expect(RateBudget.duration(text) == duration)
    }
}
