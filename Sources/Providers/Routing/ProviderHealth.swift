import Domain
import Logging
import Metrics
import Pipeline
import Synchronization

/// The outcome of calling a provider.
enum ProviderReply<Value: Sendable>: Sendable {
    case answered(Value)
    /// Not the provider's fault, so no other provider is tried.
    case refused(JobFailure)
    case failed(JobFailure)
    /// The provider's breaker did not admit the call.
    case notAdmitted
}

/// A provider's circuit breaker, with the logging and metrics of its state.
final class ProviderHealth: Sendable {
    private struct State {
        var breaker = CircuitBreaker()
        /// The last failure that counted against the provider.
        var failure: JobFailure?
        var reason: String? { failure.map { "\($0)" } }
        /// Whether the last probe could not reach it.
        var isUnreachable = false
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

    /// The failure of a call that the breaker does not admit.
    func unavailable(_ what: String, _ timing: Timing) -> JobFailure {
        let state = state(at: timing.now())
        return .unavailable(
            .provider(.unavailable),
            "\(what); \(name): \(state.reason ?? "a trial call is in progress")",
            for: max(state.reopensIn ?? .seconds(5), .seconds(1)))
    }

    func call<Value: Sendable>(
        _ timing: Timing, _ request: () async throws(JobFailure) -> Value
    ) async -> ProviderReply<Value> {
        guard let pass = change({ $0.breaker.admit(at: timing.now()) }) else {
            return .notAdmitted
        }
        do throws(JobFailure) {
            let value = try await request()
            count("answered")
            change { $0.breaker.answered(pass) }
            return .answered(value)
        } catch {
            return conclude(error, pass, at: timing.now())
        }
    }

    /// Checks whether a provider is reachable, free of charge. The response is ignored, because it
    /// does not prove that calls succeed. An unreachable provider counts as failing. Once it is
    /// reachable again, the next real call is a trial.
    func probe(
        _ timing: Timing, _ probe: () async throws(JobFailure) -> Void
    ) async {
        do throws(JobFailure) {
            try await probe()
            change { state in
                if state.isUnreachable { state.breaker.recordReachable(at: timing.now()) }
                state.isUnreachable = false
            }
        } catch {
            guard !Task.isCancelled, error.code == .provider(.unreachable) else { return }
            state.withLock { $0.isUnreachable = true }
            guard state.withLock({ $0.breaker.state }) == .closed,
                let pass = change({ $0.breaker.admit(at: timing.now()) })
            else { return }
            let _: ProviderReply<Void> = conclude(error, pass, at: timing.now())
        }
    }

    private func conclude<Value>(
        _ failure: JobFailure, _ pass: CircuitBreaker.Pass, at now: Duration
    ) -> ProviderReply<Value> {
        let evidence = Task.isCancelled ? .nothing : Evidence(failure)
        if evidence != .nothing { count(failure.code.rawValue) }
        switch evidence {
        case .nothing:
            change { $0.breaker.abandoned(pass) }
            return .refused(failure)
        case .works:
            change { $0.breaker.answered(pass) }
            return .refused(failure)
        case .fails:
            change { state in
                state.breaker.failed(pass, at: now)
                state.failure = failure
            }
        case .requestsPause(let pause):
            change { state in
                state.breaker.coolDown(pass, for: pause, at: now)
                state.failure = failure
            }
        }
        return .failed(failure)
    }

    /// What a failed call shows about the provider, by the failure's origin and class.
    private enum Evidence: Equatable {
        /// The failure occurred on our side.
        case nothing
        /// The provider works, but not for this document or text.
        case works
        case fails
        case requestsPause(Duration)

        init(_ failure: JobFailure) {
            switch failure.code {
            case .budget, .storage, .database, .queue, .worker, .machine: self = .nothing
            case .document: self = .works
            // Thrown without a call if the limit is known.
            case .embedder(.requestTooLarge): self = .nothing
            case .parser, .embedder, .provider:
                switch failure.class {
                case .permanent: self = .works
                case .transient: self = .fails
                case .unavailable(let pause): self = .requestsPause(pause)
                case .leaseLost: self = .nothing
                }
            }
        }
    }

    /// Changes the state. Logs and publishes the breaker's state if it changed.
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
        case .closed: logger.notice("provider is available again", metadata: metadata)
        case .halfOpen: logger.info("provider is called on trial", metadata: metadata)
        case .open: logger.error("provider is not called for a while", metadata: metadata)
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
