/// Whether a provider is asked: as long as it answers, and after it failed only now and then.
///
/// Pure: `now` is given, as a duration since any fixed moment. *Closed* lets all calls through;
/// failures in a row open it. *Open* lets none through until its time is over; then it is *half
/// open* and lets a single call through, whose end closes it or opens it for longer.
package struct CircuitBreaker: Sendable, Equatable {
    package enum State: Sendable, Equatable {
        case closed
        case open(until: Duration)
        case halfOpen
    }

    /// Failures in a row that open it.
    package static let failuresMax = 5
    private static let firstPause = Duration.seconds(5)
    private static let longestPause = Duration.seconds(300)

    package private(set) var state = State.closed
    private var failures = 0
    /// Times it has opened since it was closed.
    private var openings = 0
    private var isProbing = false

    package init() {}

    /// Whether to ask now. Whoever is let through says how it ended.
    package mutating func admit(at now: Duration) -> Bool {
        switch state {
        case .closed:
            return true
        case .open(let until) where until <= now:
            state = .halfOpen
            isProbing = true
            return true
        case .open:
            return false
        case .halfOpen:
            defer { isProbing = true }
            return !isProbing
        }
    }

    /// The provider did its part: it answered, if only to refuse what was asked.
    package mutating func answered() { self = CircuitBreaker() }

    /// The provider failed.
    package mutating func failed(at now: Duration) {
        failures += 1
        guard state != .closed || failures >= Self.failuresMax else { return }
        open(for: min(Self.firstPause * Double(1 << min(openings, 10)), Self.longestPause), at: now)
    }

    /// The provider takes nothing for a while, by its own word.
    package mutating func paused(for pause: Duration, at now: Duration) {
        open(for: pause, at: now)
    }

    /// The call was given up before it told anything of the provider.
    package mutating func abandoned() { isProbing = false }

    /// A late failure of a call from before must not cut a pause short.
    private mutating func open(for pause: Duration, at now: Duration) {
        isProbing = false
        openings += 1
        if case .open(let until) = state, until > now + pause { return }
        state = .open(until: now + pause)
    }
}
