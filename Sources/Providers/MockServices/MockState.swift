import Domain
import Synchronization

/// The mock's fault plan, latency and call counts.
package final class MockState: Sendable {
    /// The calls of one endpoint.
    package struct Counts: Codable, Sendable, Equatable {
        package var calls = 0
        /// Texts or pages in computed responses, which are billed even if a fault spoilt them.
        package var units = 0
        package var tokens = 0
        /// Number of calls by fault.
        package var faults: [String: Int] = [:]

        package init() {}
    }

    private struct State {
        var plan: FaultPlan
        var latency: Duration
        var counts: [String: Counts] = [:]
        var random: SplitMix64
    }

    private let state: Mutex<State>

    /// - Parameter seed: seeds the choice of faults.
    package init(plan: FaultPlan = FaultPlan(), latency: Duration = .zero, seed: UInt64 = 1) {
        state = Mutex(State(plan: plan, latency: latency, random: SplitMix64(state: seed)))
    }

    package func counts(of endpoint: String) -> Counts {
        state.withLock { $0.counts[endpoint] ?? Counts() }
    }

    package var allCounts: [String: Counts] { state.withLock { $0.counts } }

    package func plan(_ plan: FaultPlan, latency: Duration? = nil) {
        state.withLock { state in
            state.plan = plan
            if let latency { state.latency = latency }
        }
    }

    var latency: Duration { state.withLock { $0.latency } }

    /// Counts a call and chooses its fault.
    func begin(_ endpoint: String) -> MockFault? {
        state.withLock { state in
            let number = Double(state.random.next() >> 11) / Double(1 << 53)
            let fault = state.plan.fault(at: number)
            state.counts[endpoint, default: Counts()].calls += 1
            if let fault {
                state.counts[endpoint]?.faults[fault.rawValue, default: 0] += 1
            }
            return fault
        }
    }

    func bill(_ endpoint: String, units: Int, tokens: Int) {
        state.withLock { state in
            state.counts[endpoint]?.units += units
            state.counts[endpoint]?.tokens += tokens
        }
    }
}
