import Domain
import Logging
import Metrics
import Pipeline
import Synchronization

/// What came of asking a provider.
enum ProviderReply<Value: Sendable>: Sendable {
    case answered(Value)
    /// Not the provider's fault: nobody else is asked.
    case refused(StageFailure)
    case failed(StageFailure)
    /// Its breaker is open.
    case notAsked
}

/// A provider's circuit breaker, and all that is told of it.
final class ProviderHealth: Sendable {
    private struct State {
        var breaker = CircuitBreaker()
        /// Why it opened last.
        var failure: StageFailure?
        var reason: String? { failure.map { "\($0)" } }
        /// Whether it could not be reached when it was last asked how it is.
        var isAway = false
    }

    let name: String
    private let logger: Logger
    private let state = Mutex(State())

    init(_ name: String, _ logger: Logger) {
        self.name = name
        self.logger = logger
        publish(.closed)
    }

    func state(at now: Duration) -> ProviderState {
        state.withLock { state in
            switch state.breaker.state {
            case .closed: ProviderState(name: name, health: .closed)
            case .halfOpen: ProviderState(name: name, health: .halfOpen, reason: state.reason)
            case .open(let until):
                ProviderState(
                    name: name, health: .open, reason: state.reason,
                    reopensIn: max(.zero, until - now))
            }
        }
    }

    /// The failure of a call that is not made while the breaker is open.
    func unavailable(_ what: String, _ surroundings: Surroundings) -> StageFailure {
        let state = state(at: surroundings.now())
        return .unavailable(
            "provider_unavailable", "\(what); \(name): \(state.reason ?? "busy with a trial")",
            for: max(state.reopensIn ?? .seconds(5), .seconds(1)))
    }

    func ask<Value: Sendable>(
        _ surroundings: Surroundings, _ call: () async throws(StageFailure) -> Value
    ) async -> ProviderReply<Value> {
        guard let pass = change({ $0.breaker.admit(at: surroundings.now()) }) else {
            return .notAsked
        }
        do throws(StageFailure) {
            let value = try await call()
            count("answered")
            change { $0.breaker.answered(pass) }
            return .answered(value)
        } catch {
            return conclude(error, pass, at: surroundings.now())
        }
    }

    /// Asks a provider how it is, which costs nothing. All that counts is whether it answers: whatever
    /// it says of itself, it may do its work or fail at it. One that does not answer is as one that
    /// fails; one that answers again is tried again at once, by work.
    func probe(
        _ surroundings: Surroundings, _ probe: () async throws(StageFailure) -> Void
    ) async {
        do throws(StageFailure) {
            try await probe()
            change { state in
                if state.isAway { state.breaker.heard(at: surroundings.now()) }
                state.isAway = false
            }
        } catch {
            guard !Task.isCancelled, error.code == "provider_unreachable" else { return }
            state.withLock { $0.isAway = true }
            guard state.withLock({ $0.breaker.state }) == .closed,
                let pass = change({ $0.breaker.admit(at: surroundings.now()) })
            else { return }
            let _: ProviderReply<Void> = conclude(error, pass, at: surroundings.now())
        }
    }

    private func conclude<Value>(
        _ failure: StageFailure, _ pass: CircuitBreaker.Pass, at now: Duration
    ) -> ProviderReply<Value> {
        guard !Task.isCancelled, !Self.isOurs(failure) else {
            change { $0.breaker.abandoned(pass) }
            return .refused(failure)
        }
        count(failure.code)
        switch failure.class {
        case .permanent, .leaseLost:
            change { $0.breaker.answered(pass) }
            return .refused(failure)
        case .transient where Self.isOfTheDocument(failure):
            change { $0.breaker.answered(pass) }
            return .refused(failure)
        case .transient:
            change { state in
                state.breaker.failed(pass, at: now)
                state.failure = failure
            }
        case .unavailable(let pause):
            change { state in
                state.breaker.paused(pass, for: pause, at: now)
                state.failure = failure
            }
        }
        return .failed(failure)
    }

    /// Trouble on our side of the call, which tells nothing of the provider.
    private static func isOurs(_ failure: StageFailure) -> Bool {
        failure.class == .leaseLost
            || [
                "store_unavailable", "store_refused", "blob_unreadable", "cancelled",
                "budget_spent",
                "tenant_budget_spent",
            ].contains(failure.code)
    }

    /// The provider works, and could not do this piece of work.
    private static func isOfTheDocument(_ failure: StageFailure) -> Bool {
        ["parser_failed", "parser_cancelled", "parse_ticket_unknown"].contains(failure.code)
    }

    /// Changes the state, and tells when that opened or closed the breaker.
    @discardableResult
    private func change<R: Sendable>(_ body: (inout State) -> R) -> R {
        let (value, before, after) = state.withLock { state in
            let before = state.breaker.state
            let value = body(&state)
            return (value, before, state)
        }
        guard before != after.breaker.state else { return value }
        publish(after.breaker.state)
        let metadata: Logger.Metadata = [
            "provider": "\(name)", "reason": "\(after.reason ?? "none")",
        ]
        switch after.breaker.state {
        case .closed: logger.notice("provider answers again", metadata: metadata)
        case .halfOpen: logger.info("provider is tried again", metadata: metadata)
        case .open: logger.error("provider is left alone for a while", metadata: metadata)
        }
        return value
    }

    private func publish(_ state: CircuitBreaker.State) {
        Gauge(label: Telemetry.providerUp, dimensions: [("provider", name)])
            .record(state == .closed ? 1 : 0)
    }

    private func count(_ outcome: String) {
        Counter(
            label: Telemetry.providerCalls, dimensions: [("provider", name), ("outcome", outcome)]
        ).increment()
    }
}
