import Routing
import Testing

@Suite struct CircuitBreakerTests {
    /// A breaker that opened at time zero.
    private func opened() throws -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 0..<CircuitBreaker.failuresMax {
            let pass = try pass(through: &breaker, at: .zero)
            breaker.failed(pass, at: .zero)
        }
        return breaker
    }

    @Test func `consecutive failures open the breaker, and a response in between prevents that`()
        throws
    {
        #expect(try opened().state == .open(until: .seconds(5)))
        var breaker = CircuitBreaker()
        let pass = try pass(through: &breaker, at: .zero)
        for _ in 0..<3 {
            for _ in 1..<CircuitBreaker.failuresMax { breaker.failed(pass, at: .zero) }
            breaker.answered(pass)
        }
        #expect(breaker.state == .closed)
    }

    @Test func `many simultaneous failures open the breaker once`() throws {
        var breaker = CircuitBreaker()
        var passes: [CircuitBreaker.Pass] = []
        for _ in 0..<50 { passes.append(try pass(through: &breaker, at: .zero)) }
        for pass in passes { breaker.failed(pass, at: .seconds(1)) }
        #expect(breaker.state == .open(until: .seconds(6)))
    }

    @Test func `the breaker admits a single trial call after its wait`() throws {
        var breaker = try opened()
        #expect(isRefused(by: &breaker, at: .seconds(4.9)))
        let trial = try pass(through: &breaker, at: .seconds(5))
        #expect(breaker.state == .halfOpen)
        #expect(isRefused(by: &breaker, at: .seconds(6)))
        breaker.answered(trial)
        #expect(breaker.state == .closed)
        #expect(!isRefused(by: &breaker, at: .seconds(6)))
    }

    @Test func `a failed trial opens the breaker for longer, up to five minutes`() throws {
        var breaker = try opened()
        var now = Duration.seconds(5)
        for pause in [10, 20, 40, 80, 160, 300, 300] as [Int] {
            let trial = try pass(through: &breaker, at: now)
            breaker.failed(trial, at: now)
            #expect(breaker.state == .open(until: now + .seconds(pause)))
            now += .seconds(pause)
        }
    }

    @Test func `an abandoned or overdue trial admits another one`() throws {
        var breaker = try opened()
        let first = try pass(through: &breaker, at: .seconds(5))
        breaker.abandoned(first)
        #expect(!isRefused(by: &breaker, at: .seconds(5)))
        #expect(isRefused(by: &breaker, at: .seconds(6)))
        #expect(!isRefused(by: &breaker, at: .seconds(6) + CircuitBreaker.trialMax))
    }

    @Test func `outcomes of calls that began before the breaker opened are ignored`() throws {
        var breaker = CircuitBreaker()
        let old = try pass(through: &breaker, at: .zero)
        let pass = try pass(through: &breaker, at: .zero)
        breaker.coolDown(pass, for: .seconds(30), at: .zero)
        breaker.failed(old, at: .seconds(1))
        breaker.answered(old)
        #expect(breaker.state == .open(until: .seconds(30)))
        // A longer pause that the provider requests is applied.
        breaker.coolDown(old, for: .seconds(40), at: .seconds(1))
        #expect(breaker.state == .open(until: .seconds(41)))
        breaker.coolDown(old, for: .seconds(1), at: .seconds(2))
        #expect(breaker.state == .open(until: .seconds(41)))
    }

    private func pass(
        through breaker: inout CircuitBreaker, at now: Duration
    ) throws -> CircuitBreaker.Pass {
        let pass = breaker.admit(at: now)
        return try #require(pass)
    }

    private func isRefused(by breaker: inout CircuitBreaker, at now: Duration) -> Bool {
        breaker.admit(at: now) == nil
    }
}
