import Concurrency
package import Domain
package import Logging
import Pipeline
package import ServiceLifecycle
import Synchronization

/// Stores what searches read: counts of words, sketches and cells.
package protocol IndexStore: Sendable {
    /// Performs one bounded step for a tenant, in a transaction: counts the words of chunks that
    /// were added or deleted, computes missing sketches, creates or divides cells, or moves new
    /// sketches into their cells.
    ///
    /// - Returns: whether it did anything, so that more may be left.
    func maintainIndex(of tenant: TenantID) async throws(JobFailure) -> Bool

    /// The next tenant in the order of ids; the first one without `tenant`.
    func tenant(after tenant: TenantID?) async throws(JobFailure) -> TenantID?

    /// The next tenant with words to count, in the order of ids; the first one without `tenant`.
    func countedTenant(after tenant: TenantID?) async throws(JobFailure) -> TenantID?
}

/// Maintains counts of words and cells in the background. Searches are correct without cells, and
/// rank words that are not yet counted as rare ones.
///
/// Any number can run: a tenant that another process is working on is skipped. Notes of growth are
/// lost when a process ends, and deletions are not noted, so each process checks all tenants once
/// at start, and from time to time those with words to count.
package final class IndexMaintainer: Service {
    private let store: any IndexStore
    private let logger: Logger
    private let grown = Mutex<Set<TenantID>>([])
    private let due: AsyncStream<Void>
    private let inlet: AsyncStream<Void>.Continuation

    /// The maximum number of pending tenants. Others wait until they grow again.
    private static let tenantsMax = 10_000
    /// The time between two rounds.
    private static let pause = Duration.seconds(1)
    /// The time between two looks for tenants with words to count.
    private static let sweepInterval = Duration.seconds(15)

    package init(store: any IndexStore, logger: Logger) {
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
            await self.maintain { last throws(JobFailure) in
                try await self.store.tenant(after: last)
            }
            await withDiscardingTaskGroup { group in
                group.addTask { await self.maintainGrown() }
                group.addTask { await self.countWords() }
            }
        }
    }

    private func maintainGrown() async {
        for await _ in due {
            for tenant in takeGrown() { await maintain(tenant) }
            // Batches growth noted in the meantime: checking a tenant takes milliseconds.
            _ = try? await Task.sleep(for: Self.pause)
        }
    }

    private func countWords() async {
        while !Task.isCancelled {
            await maintain { last throws(JobFailure) in
                try await self.store.countedTenant(after: last)
            }
            _ = try? await Task.sleep(for: Self.sweepInterval)
        }
    }

    private func takeGrown() -> Set<TenantID> {
        grown.withLock { users in
            defer { users = [] }
            return users
        }
    }

    /// Maintains one tenant after the other.
    private func maintain(_ next: (TenantID?) async throws(JobFailure) -> TenantID?) async {
        var last: TenantID?
        do {
            while let tenant = try await next(last), !Task.isCancelled {
                await maintain(tenant)
                last = tenant
            }
        } catch {
            warn(error)
        }
    }

    private func maintain(_ tenant: TenantID) async {
        do {
            while !Task.isCancelled, try await store.maintainIndex(of: tenant) {}
        } catch {
            warn(error)
        }
    }

    /// A failure is only logged: it slows searches, and the tenant's next document retries.
    private func warn(_ error: JobFailure) {
        guard !Task.isCancelled else { return }
        logger.warning("search index not maintained", metadata: ["error": "\(error)"])
    }
}
