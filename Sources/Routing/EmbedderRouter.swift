// Routing: which provider is asked.
//
// Invariants: a call leaves its vector space for no provider; a provider that fails is left alone
// for a while, and whoever finds none waits, which costs a job no attempt.
// Neighbours: the embedders behind it; to a stage it is one of them.

package import Domain
package import Logging
import Metrics
package import Pipeline
import Synchronization

/// Several embedders of one vector space as one, asked in the order of preference.
package struct EmbedderRouter: Embedder {
    package let space: VectorSpace
    package let batchMax: Int
    private let routes: [Route]
    private let surroundings: Surroundings

    /// - Parameter embedders: by name, the preferred one first; at least one.
    /// - Throws: when they are not all of one vector space. A fallback outside it would put vectors
    ///   side by side that cannot be compared.
    package init(
        _ embedders: [(name: String, embedder: any Embedder)],
        surroundings: Surroundings = .machine, logger: Logger
    ) throws(RoutingError) {
        guard let first = embedders.first else { throw RoutingError("there is no embedder") }
        for other in embedders where other.embedder.space != first.embedder.space {
            throw RoutingError(
                "\(first.name) embeds in \(first.embedder.space) and \(other.name) in "
                    + "\(other.embedder.space): a fallback stays in one vector space")
        }
        space = first.embedder.space
        batchMax = embedders.map(\.embedder.batchMax).min() ?? 1
        routes = embedders.map { Route($0.name, $0.embedder, logger) }
        self.surroundings = surroundings
    }

    /// How the providers are, in the order of preference.
    package var states: [ProviderState] { routes.map { $0.state(at: surroundings.now()) } }

    package func embed(
        _ texts: [String], for subject: CallSubject
    ) async throws(StageFailure) -> [[Float]] {
        var lastFailure: StageFailure?
        for route in routes {
            switch await route.ask(texts, subject, surroundings) {
            case .answered(let vectors): return vectors
            case .refused(let failure): throw failure
            case .failed(let failure): lastFailure = failure
            case .notAsked: continue
            }
        }
        throw lastFailure ?? nobodyAsked()
    }

    private func nobodyAsked() -> StageFailure {
        let states = states
        let told = states.map { "\($0.name): \($0.reason ?? "busy with a trial")" }
        let soonest = states.compactMap(\.reopensIn).min() ?? .seconds(5)
        return .unavailable(
            "provider_unavailable",
            "no embedder of \(space) takes calls; "
                + told.joined(separator: "; "), for: max(soonest, .seconds(1)))
    }
}

/// Why embedders do not fit together.
package struct RoutingError: Error, Equatable, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}

/// One provider and what is known of its health.
private final class Route: Sendable {
    private struct State {
        var breaker = CircuitBreaker()
        /// Why it opened last.
        var reason: String?
    }

    enum Outcome {
        case answered([[Float]])
        /// Not the provider's fault: no other one is asked.
        case refused(StageFailure)
        case failed(StageFailure)
        case notAsked
    }

    let name: String
    private let embedder: any Embedder
    private let logger: Logger
    private let health = Mutex(State())

    init(_ name: String, _ embedder: any Embedder, _ logger: Logger) {
        self.name = name
        self.embedder = embedder
        self.logger = logger
        publish(.closed)
    }

    func state(at now: Duration) -> ProviderState {
        health.withLock { state in
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

    func ask(
        _ texts: [String], _ subject: CallSubject, _ surroundings: Surroundings
    ) async -> Outcome {
        guard change({ $0.breaker.admit(at: surroundings.now()) }) else { return .notAsked }
        do throws(StageFailure) {
            let vectors = try await embedder.embed(texts, for: subject)
            count("answered")
            change { $0.breaker.answered() }
            return .answered(vectors)
        } catch {
            if Task.isCancelled {
                change { $0.breaker.abandoned() }
                return .refused(error)
            }
            count(error.code)
            let now = surroundings.now()
            switch error.class {
            case .permanent, .leaseLost:
                change { $0.breaker.answered() }
                return .refused(error)
            case .transient:
                change { state in
                    state.breaker.failed(at: now)
                    state.reason = "\(error)"
                }
            case .unavailable(let pause):
                change { state in
                    state.breaker.paused(for: pause, at: now)
                    state.reason = "\(error)"
                }
            }
            return .failed(error)
        }
    }

    /// Changes the state, and tells when that opened or closed the breaker.
    @discardableResult
    private func change<R: Sendable>(_ body: (inout State) -> R) -> R {
        let (value, before, after) = health.withLock { state in
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
