import Routing
import Testing

@Suite struct CircuitBreakerTests {
    /// A breaker that has just opened at zero.
    private func opened() -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 0..<CircuitBreaker.failuresMax {
            #expect(isAdmitted(by: &breaker, at: .zero))
            breaker.failed(at: .zero)
        }
        return breaker
    }

    private func isAdmitted(by breaker: inout CircuitBreaker, at now: Duration) -> Bool {
        breaker.admit(at: now)
    }

    @Test func `failures in a row open it, an answer between them does not let it`() {
        #expect(opened().state == .open(until: .seconds(5)))
        var breaker = CircuitBreaker()
        for _ in 0..<3 {
            for _ in 1..<CircuitBreaker.failuresMax { breaker.failed(at: .zero) }
            breaker.answered()
        }
        #expect(breaker.state == .closed)
    }

    @Test func `once its time is over a single call tries it`() {
        var breaker = opened()
        #expect(!isAdmitted(by: &breaker, at: .seconds(4.9)))
        #expect(isAdmitted(by: &breaker, at: .seconds(5)))
        #expect(breaker.state == .halfOpen)
        #expect(!isAdmitted(by: &breaker, at: .seconds(6)))
        breaker.answered()
        #expect(breaker.state == .closed)
        #expect(isAdmitted(by: &breaker, at: .seconds(6)))
    }

    @Test func `a trial that fails opens it for longer, up to five minutes`() {
        var breaker = opened()
        var now = Duration.seconds(5)
        for pause in [10, 20, 40, 80, 160, 300, 300] as [Int] {
            #expect(isAdmitted(by: &breaker, at: now))
            breaker.failed(at: now)
            #expect(breaker.state == .open(until: now + .seconds(pause)))
            now += .seconds(pause)
        }
    }

    @Test func `a trial that is given up lets another try`() {
        var breaker = opened()
        #expect(isAdmitted(by: &breaker, at: .seconds(5)))
        breaker.abandoned()
        #expect(isAdmitted(by: &breaker, at: .seconds(5)))
    }

    @Test func `a provider's own pause opens it at once, and late failures do not shorten it`() {
        var breaker = CircuitBreaker()
        breaker.paused(for: .seconds(300), at: .zero)
        #expect(breaker.state == .open(until: .seconds(300)))
        breaker.failed(at: .seconds(1))
        #expect(breaker.state == .open(until: .seconds(300)))
    }
}
