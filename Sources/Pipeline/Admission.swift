package import Domain
import Synchronization

/// Admits a bounded number of concurrent requests and shares the places between tenants.
///
/// A tenant may hold at most as many places as are free. A single tenant gets half of them, two
/// busy tenants a third each. A tenant that holds none is admitted unless all are taken.
/// (The dynamic threshold of Choudhury and Hahne, 1998, with α = 1.)
package final class Admission: Sendable {
    package enum Refusal: Error, Equatable, Sendable {
        /// All places are taken.
        case full(places: Int)
        /// The tenant holds its share of the places.
        case overShare(places: Int)
    }

    private struct State {
        var taken = 0
        var held: [TenantID: Int] = [:]
    }

    private let places: Int
    private let state = Mutex(State())

    package init(places: Int) { self.places = places }

    /// Runs `body` in a place of `tenant`.
    ///
    /// - Throws: a `Refusal`, or the error of `body`.
    package func admit<R>(_ tenant: TenantID, _ body: () async throws -> R) async throws -> R {
        try take(for: tenant)
        defer { giveBack(from: tenant) }
        return try await body()
    }

    private func take(for tenant: TenantID) throws(Refusal) {
        try state.withLock { state throws(Refusal) in
            let free = places - state.taken
            guard free > 0 else { throw .full(places: places) }
            guard state.held[tenant, default: 0] < free else { throw .overShare(places: places) }
            state.taken += 1
            state.held[tenant, default: 0] += 1
        }
    }

    private func giveBack(from tenant: TenantID) {
        state.withLock { state in
            state.taken -= 1
            let left = state.held[tenant, default: 1] - 1
            state.held[tenant] = left > 0 ? left : nil
        }
    }
}
