// Routing: selects the provider for each call.
//
// Invariants: all providers of a router share one embedding space; a failing provider is not called
// for a while; a job for which no provider is available waits, and the attempt does not count.
// Neighbours: the embedders and parsers behind it; the routers implement the same ports.

package import Domain
package import Logging
package import Pipeline

/// Combines several embedders of one embedding space, tried in order of preference.
package struct EmbedderRouter: Embedder {
    package let space: EmbeddingSpace
    package let batchMax: Int
    private let routes: [(embedder: any Embedder, health: ProviderHealth)]
    private let timing: Timing

    /// - Parameter embedders: by name, the preferred one first; at least one.
    /// - Throws: if there are none or they are not all of one embedding space. A fallback outside
    ///   it would mix vectors that cannot be compared.
    package init(
        _ embedders: [(name: String, embedder: any Embedder)],
        timing: Timing = .machine, logger: Logger
    ) throws(RoutingError) {
        guard let first = embedders.first else {
            throw RoutingError("at least one embedder is required")
        }
        for other in embedders where other.embedder.space != first.embedder.space {
            throw RoutingError(
                "\(first.name) embeds in \(first.embedder.space) and \(other.name) in "
                    + "\(other.embedder.space): all must be of one embedding space")
        }
        space = first.embedder.space
        batchMax = embedders.map(\.embedder.batchMax).min() ?? 1
        routes = embedders.map { ($0.embedder, ProviderHealth($0.name, logger)) }
        self.timing = timing
    }

    /// The state of each provider, in order of preference.
    package var states: [ProviderState] { routes.map { $0.health.state(at: timing.now()) } }

    package func embed(
        _ texts: [String], for subject: CallSubject
    ) async throws(JobFailure) -> [[Float]] {
        try await firstAnswer { embedder throws(JobFailure) in
            try await embedder.embed(texts, for: subject)
        }
    }

    package func embedQuery(
        _ query: String, for subject: CallSubject
    ) async throws(JobFailure) -> [Float] {
        try await firstAnswer { embedder throws(JobFailure) in
            try await embedder.embedQuery(query, for: subject)
        }
    }

    /// The result of the first embedder that is called and does not fail.
    private func firstAnswer<Answer: Sendable>(
        _ call: @Sendable (any Embedder) async throws(JobFailure) -> Answer
    ) async throws(JobFailure) -> Answer {
        var lastFailure: JobFailure?
        for (embedder, health) in routes {
            let answer = await health.call(timing) { () async throws(JobFailure) in
                try await call(embedder)
            }
            switch answer {
            case .answered(let vectors): return vectors
            case .refused(let failure): throw failure
            case .failed(let failure): lastFailure = failure
            case .notAdmitted: continue
            }
        }
        throw lastFailure ?? noneAvailable()
    }

    /// Probes every provider that can be probed, concurrently.
    package func probe() async {
        await withDiscardingTaskGroup { group in
            for (embedder, health) in routes {
                guard let embedder = embedder as? any Probeable else { continue }
                group.addTask {
                    await health.probe(timing) { () async throws(JobFailure) in
                        try await embedder.probe()
                    }
                }
            }
        }
    }

    private func noneAvailable() -> JobFailure {
        let states = states
        let reasons = states.map { "\($0.name): \($0.reason ?? "a trial call is in progress")" }
        let soonest = states.compactMap(\.reopensIn).min() ?? .seconds(5)
        return .unavailable(
            .provider(.unavailable),
            "no embedder of \(space) is available; "
                + reasons.joined(separator: "; "), for: max(soonest, .seconds(1)))
    }
}

/// Why embedders cannot be combined.
package struct RoutingError: Error, Equatable, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}
