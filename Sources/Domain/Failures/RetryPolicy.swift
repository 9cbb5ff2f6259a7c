/// When a failed job is retried: exponential backoff with a cap and jitter.
package struct RetryPolicy: Sendable, Equatable {
    package var base: Duration
    package var cap: Duration

    package init(base: Duration = .seconds(5), cap: Duration = .seconds(600)) {
        self.base = base
        self.cap = cap
    }

    /// `base × 2^failures`, capped, then changed by up to ±25 %.
    ///
    /// - Parameters:
    ///   - failures: failures before this one, 0 for the first.
    ///   - jitter: a number in 0…1; 0.5 leaves the delay unchanged.
    package func delay(failures: Int, jitter: Double) -> Duration {
        let exponent = min(max(failures, 0), 40)
        let raw = min(base * Double(1 << exponent), cap)
        return raw * (0.75 + 0.5 * min(max(jitter, 0), 1))
    }
}

/// What happens to a job whose work failed.
package enum FailureVerdict: Sendable, Equatable {
    case retry(after: Duration, countsAsAttempt: Bool)
    case deadletter
    /// The claim is lost; nothing is written.
    case abandon

    package init(
        _ failure: JobFailure, attempt: Int, attemptsMax: Int, policy: RetryPolicy, jitter: Double
    ) {
        switch failure.class {
        case .leaseLost:
            self = .abandon
        case .permanent:
            self = .deadletter
        case .unavailable(let pause):
            self = .retry(after: pause * (1 + 0.5 * jitter), countsAsAttempt: false)
        case .transient(let after):
            guard attempt < attemptsMax else { self = .deadletter; return }
            let delay = policy.delay(failures: attempt - 1, jitter: jitter)
            self = .retry(after: max(delay, after ?? .zero), countsAsAttempt: true)
        }
    }
}
