import ServiceLifecycle

/// Closes a resource once the services that use it have ended.
///
/// A program's services end in the reverse order of their start, so a resource is closed last when
/// its `CloseAtShutdown` is listed before its users.
package struct CloseAtShutdown: Service {
    private let close: @Sendable () async -> Void

    package init(_ close: @escaping @Sendable () async -> Void) { self.close = close }

    package func run() async {
        await untilGracefulShutdown()
        await close()
    }
}

/// Returns at graceful shutdown, or when the task is cancelled.
package func untilGracefulShutdown() async {
    // Throws only when cancelled, which ends the wait as well.
    try? await gracefulShutdown()
}
