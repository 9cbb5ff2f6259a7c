import Domain
import Hummingbird
import Synchronization

/// Admits a bounded number of concurrent requests and shares the places between tenants.
///
/// A tenant may hold at most as many places as are free. A single tenant gets half of them, two
/// busy tenants a third each. A tenant that holds none is admitted unless all are taken.
/// (The dynamic threshold of Choudhury and Hahne, 1998, with α = 1.)
final class Admission: Sendable {
    private struct State {
        var taken = 0
        var held: [TenantID: Int] = [:]
    }

    private enum Verdict { case admitted, full, overShare }

    private let places: Int
    private let state = Mutex(State())

    init(places: Int) { self.places = places }

    /// Runs `body` in a place of `user`.
    ///
    /// - Throws: a 503 problem when all places are taken, a 429 problem when the tenant has its
    ///   share, or the error of `body`.
    func admit<R>(_ user: TenantID, _ body: () async throws -> R) async throws -> R {
        switch take(user) {
        case .admitted: break
        case .full:
            throw Problem(
                .busy, "\(places) such requests are in progress. Try again."
            ).retry(afterSeconds: 1)
        case .overShare:
            throw Problem(
                .tenantBusy,
                "This tenant has its share of the \(places) such requests in progress. Try again "
                    + "when one of them has ended."
            ).retry(afterSeconds: 1)
        }
        defer { giveBack(user) }
        return try await body()
    }

    private func take(_ user: TenantID) -> Verdict {
        state.withLock { state in
            let free = places - state.taken
            guard free > 0 else { return .full }
            guard state.held[user, default: 0] < free else { return .overShare }
            state.taken += 1
            state.held[user, default: 0] += 1
            return .admitted
        }
    }

    private func giveBack(_ user: TenantID) {
        state.withLock { state in
            state.taken -= 1
            let left = state.held[user, default: 1] - 1
            state.held[user] = left > 0 ? left : nil
        }
    }
}
