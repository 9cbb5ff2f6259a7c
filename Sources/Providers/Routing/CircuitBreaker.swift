/// Decides whether a provider is called, based on the outcomes of earlier calls.
///
/// Pure: `now` is a parameter, the duration since any fixed moment. *Closed* admits all calls;
/// consecutive failures open it. *Open* admits none until its time is over. It then becomes *half
/// open* and admits a single trial call, which closes it or opens it for longer. Outcomes of calls
/// admitted in an earlier state are ignored, except a requested pause while it is open.
package struct CircuitBreaker: Sendable, Equatable {
    package enum State: Sendable, Equatable {
        case closed
        case open(until: Duration)
        case halfOpen
    }

    /// Identifies an admitted call. The caller returns it with the outcome.
    package struct Pass: Sendable, Equatable { fileprivate let generation: Int }

    /// Consecutive failures that open it.
    package static let failuresMax = 5
    private static let firstPause = Duration.seconds(5)
    private static let longestPause = Duration.seconds(300)
    /// After this time without an outcome of the trial, another one is admitted.
    package static let trialMax = Duration.seconds(60)

    package private(set) var state = State.closed
    private var failures = 0
    /// How often it has opened since it was last closed.
    private var openings = 0
    /// Counts state changes.
    private var generation = 0
    private var trialUntil = Duration.zero
    /// The end of the longest pause that the provider requested.
    private var requestedUntil = Duration.zero

    package init() {}

    /// Admits a call; `nil` if the provider must not be called now.
    package mutating func admit(at now: Duration) -> Pass? {
        switch state {
        case .closed:
            return Pass(generation: generation)
        case .open(let until) where until > now:
            return nil
        case .halfOpen where trialUntil > now:
            return nil
        case .open, .halfOpen:
            turn(to: .halfOpen)
            trialUntil = now + Self.trialMax
            return Pass(generation: generation)
        }
    }

    /// The provider works: it returned a result or rejected the request.
    package mutating func answered(_ pass: Pass) {
        guard pass.generation == generation else { return }
        failures = 0
        guard state != .closed else { return }
        openings = 0
        turn(to: .closed)
    }

    /// The provider failed.
    package mutating func failed(_ pass: Pass, at now: Duration) {
        guard pass.generation == generation else { return }
        failures += 1
        guard state == .halfOpen || failures >= Self.failuresMax else { return }
        let pause = min(Self.firstPause * Double(1 << min(openings, 10)), Self.longestPause)
        openings += 1
        turn(to: .open(until: now + pause))
    }

    /// The provider requested a pause.
    package mutating func coolDown(_ pass: Pass, for pause: Duration, at now: Duration) {
        if case .open(let until) = state {
            // Concurrent calls may have received one too; the longest pause applies.
            state = .open(until: max(until, now + pause))
        } else if pass.generation == generation {
            turn(to: .open(until: now + pause))
        } else {
            return
        }
        requestedUntil = max(requestedUntil, now + pause)
    }

    /// The provider is reachable again: ends the open period, so that the next call is a trial. A
    /// pause that the provider requested still applies.
    package mutating func recordReachable(at now: Duration) {
        guard case .open(let until) = state else { return }
        state = .open(until: min(until, max(now, requestedUntil)))
    }

    /// The call ended without evidence about the provider: it was cancelled or failed locally.
    package mutating func abandoned(_ pass: Pass) {
        if pass.generation == generation { trialUntil = .zero }
    }

    private mutating func turn(to state: State) {
        self.state = state
        failures = 0
        generation += 1
    }
}
