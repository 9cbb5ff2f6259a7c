package import Domain
package import Logging
import Pipeline
package import ServiceLifecycle
import Synchronization

/// Where sketches and cells are kept.
package protocol CellStore: Sendable {
    /// Does one bounded step for a tenant, in a transaction: sketches what has no sketch, makes or
    /// divides cells, or moves fresh sketches into theirs.
    ///
    /// - Returns: whether something was done, and more may be.
    func tendCells(of user: UserID) async throws(StageFailure) -> Bool

    /// The tenant after this one, in the order of ids; the first without one.
    func tenant(after user: UserID?) async throws(StageFailure) -> UserID?
}

/// Keeps the cells of tenants that grow; beside the work, for searches are right without it.
///
/// Any number at once: a tenant that another process tends is left to it. When the process ends,
/// the next one looks at all tenants once.
package final class CellKeeper: Service {
    private let store: any CellStore
    private let logger: Logger
    private let grown = Mutex<Set<UserID>>([])
    private let due: AsyncStream<Void>
    private let inlet: AsyncStream<Void>.Continuation

    /// Beyond as many grown tenants at once the rest waits until it grows again.
    private static let tenantsMax = 10_000
    /// From one round to the next.
    private static let pause = Duration.seconds(1)

    package init(store: any CellStore, logger: Logger) {
        self.store = store
        self.logger = logger
        (due, inlet) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Notes that a tenant has more chunks.
    package func noteGrowth(of user: UserID) {
        grown.withLock { if $0.count < Self.tenantsMax { $0.insert(user) } }
        inlet.yield()
    }

    package func run() async {
        await untilGracefulShutdown {
            await self.tendAll()
            for await _ in self.due {
                for user in self.takeGrown() { await self.tend(user) }
                // What came meanwhile waits with it: a look at a tenant costs some milliseconds.
                _ = try? await Task.sleep(for: Self.pause)
            }
        }
    }

    private func takeGrown() -> Set<UserID> {
        grown.withLock { users in
            defer { users = [] }
            return users
        }
    }

    /// Looks at every tenant once: whoever grew while nobody kept count.
    private func tendAll() async {
        var last: UserID?
        do {
            while let user = try await store.tenant(after: last), !Task.isCancelled {
                await tend(user)
                last = user
            }
        } catch {
            warn(error)
        }
    }

    private func tend(_ user: UserID) async {
        do {
            while !Task.isCancelled, try await store.tendCells(of: user) {}
        } catch {
            warn(error)
        }
    }

    /// Only the time of searches is at stake, and the tenant's next document tries again.
    private func warn(_ error: StageFailure) {
        guard !Task.isCancelled else { return }
        logger.warning("cells not kept", metadata: ["error": "\(error)"])
    }
}
