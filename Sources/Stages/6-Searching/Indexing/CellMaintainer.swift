import Concurrency
package import Domain
package import Logging
import Pipeline
package import ServiceLifecycle
import Synchronization

/// Stores sketches and cells.
package protocol CellStore: Sendable {
    /// Performs one bounded step for a tenant, in a transaction: computes missing sketches, creates
    /// or divides cells, or moves new sketches into their cells.
    ///
    /// - Returns: whether it did anything, so that more may be left.
    func maintainCells(of tenant: TenantID) async throws(JobFailure) -> Bool

    /// The next tenant in the order of ids; the first one without `tenant`.
    func tenant(after tenant: TenantID?) async throws(JobFailure) -> TenantID?
}

/// Maintains the cells of growing tenants in the background. Searches are correct without them.
///
/// Any number can run: a tenant that another process is working on is skipped. Notes of growth are
/// lost when a process ends, so each process checks all tenants once at start.
package final class CellMaintainer: Service {
    private let store: any CellStore
    private let logger: Logger
    private let grown = Mutex<Set<TenantID>>([])
    private let due: AsyncStream<Void>
    private let inlet: AsyncStream<Void>.Continuation

    /// The maximum number of pending tenants. Others wait until they grow again.
    private static let tenantsMax = 10_000
    /// The time between two rounds.
    private static let pause = Duration.seconds(1)

    package init(store: any CellStore, logger: Logger) {
        self.store = store
        self.logger = logger
        (due, inlet) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Records that a tenant has new chunks.
    package func noteGrowth(of tenant: TenantID) {
        grown.withLock { if $0.count < Self.tenantsMax { $0.insert(tenant) } }
        inlet.yield()
    }

    package func run() async {
        await untilGracefulShutdown {
            await self.maintainAll()
            for await _ in self.due {
                for tenant in self.takeGrown() { await self.maintain(tenant) }
                // Batches growth noted in the meantime: checking a tenant takes milliseconds.
                _ = try? await Task.sleep(for: Self.pause)
            }
        }
    }

    private func takeGrown() -> Set<TenantID> {
        grown.withLock { users in
            defer { users = [] }
            return users
        }
    }

    /// Checks every tenant once, for growth that no process has recorded.
    private func maintainAll() async {
        var last: TenantID?
        do {
            while let tenant = try await store.tenant(after: last), !Task.isCancelled {
                await maintain(tenant)
                last = tenant
            }
        } catch {
            warn(error)
        }
    }

    private func maintain(_ tenant: TenantID) async {
        do {
            while !Task.isCancelled, try await store.maintainCells(of: tenant) {}
        } catch {
            warn(error)
        }
    }

    /// A failure is only logged: it slows searches, and the tenant's next document retries.
    private func warn(_ error: JobFailure) {
        guard !Task.isCancelled else { return }
        logger.warning("cells not maintained", metadata: ["error": "\(error)"])
    }
}
