/// Whether a provider is asked: as long as it answers, and after it failed only now and then.
///
/// Pure: `now` is given, as a duration since any fixed moment. *Closed* lets all calls through;
/// failures in a row open it. *Open* lets none through until its time is over; then it is *half
/// open* and lets a single call through, whose end closes it or opens it for longer. What calls
/// from before it opened tell later changes nothing.
package struct CircuitBreaker: Sendable, Equatable {
    package enum State: Sendable, Equatable {
        case closed
        case open(until: Duration)
        case halfOpen
    }

    /// A call that was let through; given back with how it ended.
    package struct Pass: Sendable, Equatable { fileprivate let generation: Int }

    /// Failures in a row that open it.
    package static let failuresMax = 5
    private static let firstPause = Duration.seconds(5)
    private static let longestPause = Duration.seconds(300)
    /// A trial that tells nothing for so long is no longer waited for.
    package static let trialMax = Duration.seconds(60)

    package private(set) var state = State.closed
    private var failures = 0
    /// Times it has opened since it was closed.
    private var openings = 0
    /// Counts its changes of state.
    private var generation = 0
    private var trialUntil = Duration.zero

    package init() {}

    /// `nil` when the provider is not to be asked now.
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

    /// The provider did its part: it answered, if only to refuse what was asked.
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

    /// The provider takes nothing for a while, by its own word.
    package mutating func paused(_ pass: Pass, for pause: Duration, at now: Duration) {
        if case .open(let until) = state {
            // Others may have heard it too; the longest word counts.
            state = .open(until: max(until, now + pause))
        } else if pass.generation == generation {
            turn(to: .open(until: now + pause))
        }
    }

    /// The provider is heard of again: a call may try it now.
    package mutating func heard(at now: Duration) {
        if case .open(let until) = state { state = .open(until: min(until, now)) }
    }

    /// The call was given up, or met other trouble, before it told anything of the provider.
    package mutating func abandoned(_ pass: Pass) {
        if pass.generation == generation { trialUntil = .zero }
    }

    private mutating func turn(to state: State) {
        self.state = state
        failures = 0
        generation += 1
    }
}
