import Concurrency
package import Logging
import Pipeline
import ServiceLifecycle
import Synchronization

/// Reclaims the space of flushed rows in the buffers, so that they do not grow. Runs in the
/// background, because no document waits for it.
package final class BufferVacuum: Service {
    private let vacuum: @Sendable () async throws -> Void
    private let rowsBetween: Int
    private let logger: Logger
    private let rowsSince = Mutex(0)
    private let due: AsyncStream<Void>
    private let inlet: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - rowsBetween: flushed rows from one vacuum to the next.
    ///   - vacuum: vacuums the buffers.
    package init(
        rowsBetween: Int = 4096, logger: Logger,
        vacuum: @escaping @Sendable () async throws -> Void
    ) {
        self.vacuum = vacuum
        self.rowsBetween = rowsBetween
        self.logger = logger
        (due, inlet) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Counts rows that left the buffers.
    func count(_ rows: Int) {
        let isDue = rowsSince.withLock { count in
            count += rows
            guard count >= rowsBetween else { return false }
            count = 0
            return true
        }
        if isDue { inlet.yield() }
    }

    package func run() async {
        await untilGracefulShutdown {
            for await _ in self.due { await self.run(self.vacuum) }
        }
    }

    /// A failure is only logged: it costs no more than space, which autovacuum also reclaims.
    private func run(_ vacuum: () async throws -> Void) async {
        do {
            try await vacuum()
        } catch {
            logger.warning("cannot vacuum the buffers", metadata: ["error": "\(error)"])
        }
    }
}
