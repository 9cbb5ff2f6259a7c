import Hummingbird
import Pipeline
import Synchronization

/// Lets a bounded number of requests in; others are told to come again.
final class Admission: Sendable {
    private let places: Int
    private let taken = Mutex(0)

    init(places: Int) { self.places = places }

    func admit<R>(_ body: () async throws -> R) async throws -> R {
        let isIn = taken.withLock { taken in
            guard taken < places else { return false }
            taken += 1
            return true
        }
        guard isIn else {
            throw Problem(
                .serviceUnavailable, "busy", "\(places) such requests are under way. Try again."
            ).retry(afterSeconds: 1)
        }
        defer { taken.withLock { $0 -= 1 } }
        return try await body()
    }
}

/// Runs `body` and gives it up when it makes no progress for `silence`.
func withTaskLimit<R: Sendable>(
    silence: Duration, _ body: @escaping @Sendable (Progress) async throws -> R
) async throws -> R {
    let progress = Progress()
    return try await withThrowingTaskGroup(of: R.self) { group in
        group.addTask { try await body(progress) }
        group.addTask {
            var last = -1
            while last != progress.count {
                last = progress.count
                try await Task.sleep(for: silence)
            }
            throw Problem(.requestTimeout, "request_timeout", "The body stopped arriving.")
        }
        defer { group.cancelAll() }
        guard let result = try await group.next() else { throw CancellationError() }
        return result
    }
}
