import CLibPQ
import Concurrency
import Synchronization

/// Carries a new libpq connection from the thread that opened it to its actor.
///
/// `@unchecked Sendable`: the thread gives up the pointer when it returns the handle, and the actor
/// is the only one that receives it. libpq does not bind a connection to a thread.
struct ConnectionHandle: @unchecked Sendable {
    let pointer: OpaquePointer
}

/// Cancels the running statement of a connection. `PQcancel` blocks, so each call has a thread of
/// its own. There is at most one call per connection at a time.
///
/// `@unchecked Sendable`: libpq allows `PQcancel` from any thread and does not change what the
/// pointer refers to. It is freed when no call refers to this object.
final class StatementCanceller: @unchecked Sendable {
    /// The outcome of a cancel request.
    enum Settlement: Sendable {
        /// No cancel was requested.
        case none
        /// `PQcancel` has returned.
        case sent
        /// `PQcancel` is still running and may yet take effect.
        case pending
    }

    private let handle: OpaquePointer?
    private let settleTimeout: Duration
    private let inFlight = Mutex<Task<Void, Never>?>(nil)

    /// - Parameter settleTimeout: how long `settle` waits for `PQcancel` to return.
    init(_ connection: ConnectionHandle, settleTimeout: Duration) {
        handle = PQgetCancel(connection.pointer)
        self.settleTimeout = settleTimeout
    }

    func cancel() {
        inFlight.withLock { task in
            guard task == nil else { return }
            task = Task { [self] in await send() }
        }
    }

    /// Waits for a cancel in progress, so that it cannot hit the next statement. The wait is
    /// limited because `PQcancel` itself has no bound.
    func settle() async -> Settlement {
        guard let task = inFlight.withLock({ $0 }) else { return .none }
        let settlement = await Self.first { [settleTimeout] answer in
            Task {
                await task.value
                answer(.sent)
            }
            return Task {
                do {
                    try await Task.sleep(for: settleTimeout)
                    answer(.pending)
                } catch {}
            }
        }
        if settlement == .sent { inFlight.withLock { $0 = nil } }
        return settlement
    }

    /// Returns the first reported settlement and cancels the timer that `start` returns.
    private static func first(
        _ start: (_ answer: @escaping @Sendable (Settlement) -> Void) -> Task<Void, Never>
    ) async -> Settlement {
        let (answers, inlet) = AsyncStream.makeStream(
            of: Settlement.self, bufferingPolicy: .bufferingOldest(1))
        let timer = start { inlet.yield($0) }
        defer { timer.cancel() }
        // An unstructured task, because the caller's task has been cancelled.
        return await Task { await answers.first { _ in true } ?? .pending }.value
    }

    /// If the request cannot be sent, the statement ends at its timeout.
    private func send() async {
        await BlockingThread.run { [self] in
            guard let handle else { return }
            var message = [CChar](repeating: 0, count: 256)
            _ = PQcancel(handle, &message, Int32(message.count))
        } orElse: { _ in
        }
    }

    deinit { PQfreeCancel(handle) }
}

/// Passes the server's notices to a closure.
final class NoticeReceiver: Sendable {
    let receive: @Sendable (String) -> Void
    init(_ receive: @escaping @Sendable (String) -> Void) { self.receive = receive }

    /// The receiver must outlive the connection, so the connection's actor holds it.
    func attach(to connection: OpaquePointer) {
        PQsetNoticeProcessor(
            connection,
            { context, text in
                guard let context, let text else { return }
                let receiver = Unmanaged<NoticeReceiver>.fromOpaque(context).takeUnretainedValue()
                let message = String(cString: text)
                receiver.receive(String(message.split(separator: "\n").first ?? ""))
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}
