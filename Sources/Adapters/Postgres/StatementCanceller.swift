import CLibPQ
import Synchronization

/// A libpq connection on its way from the thread that made it to its actor.
struct ConnectionHandle: @unchecked Sendable {
    let pointer: OpaquePointer
}

/// Cancels whatever a connection runs. `PQcancel` blocks, so it runs on a thread of its own.
///
/// `@unchecked Sendable`: libpq allows `PQcancel` from any thread; the pointer is only used inside
/// the blocking executor and freed there.
final class StatementCanceller: @unchecked Sendable {
    private let handle: OpaquePointer?
    private let blocking: EventLoop
    private let inFlight = Mutex<Task<Void, Never>?>(nil)

    init(_ connection: ConnectionHandle, on blocking: EventLoop) {
        handle = PQgetCancel(connection.pointer)
        self.blocking = blocking
    }

    func cancel() {
        inFlight.withLock { task in
            guard task == nil else { return }
            task = Task(executorPreference: blocking) { [self] in send() }
        }
    }

    /// Waits for a cancel that is under way, so that it cannot hit the next statement.
    func settle() async -> Bool {
        guard let task = inFlight.withLock({ $0 }) else { return false }
        await task.value
        inFlight.withLock { $0 = nil }
        return true
    }

    private func send() {
        guard let handle else { return }
        var message = [CChar](repeating: 0, count: 256)
        // A cancel that does not arrive leaves the statement to its timeout.
        _ = PQcancel(handle, &message, Int32(message.count))
    }

    deinit { PQfreeCancel(handle) }
}

/// Hands the server's notices to a closure.
final class NoticeReceiver: Sendable {
    let receive: @Sendable (String) -> Void
    init(_ receive: @escaping @Sendable (String) -> Void) { self.receive = receive }

    /// The receiver must outlive the connection: its actor holds it.
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
