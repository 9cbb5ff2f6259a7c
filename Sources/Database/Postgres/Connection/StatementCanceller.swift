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
    /// What became of a cancel.
    enum Settlement: Sendable {
        /// There was none.
        case none
        /// The server has it.
        case sent
        /// The server has not answered; it may still come to it.
        case pending
    }

    private let handle: OpaquePointer?
    private let cancelling: EventLoop
    private let patience: Duration
    private let inFlight = Mutex<Task<Void, Never>?>(nil)

    /// - Parameter patience: the longest wait for the server to take a cancel.
    init(_ connection: ConnectionHandle, on cancelling: EventLoop, patience: Duration) {
        handle = PQgetCancel(connection.pointer)
        self.cancelling = cancelling
        self.patience = patience
    }

    func cancel() {
        inFlight.withLock { task in
            guard task == nil else { return }
            task = Task(executorPreference: cancelling) { [self] in send() }
        }
    }

    /// Waits for a cancel that is under way, so that it cannot hit the next statement; not for
    /// ever, since `PQcancel` itself has no bound.
    func settle() async -> Settlement {
        guard let task = inFlight.withLock({ $0 }) else { return .none }
        let settlement = await Self.first { [patience] answer in
            Task {
                await task.value
                answer(.sent)
            }
            return Task {
                do {
                    try await Task.sleep(for: patience)
                    answer(.pending)
                } catch {}
            }
        }
        if settlement == .sent { inFlight.withLock { $0 = nil } }
        return settlement
    }

    /// Returns the first of several answers and cancels the timer that `start` returns.
    private static func first(
        _ start: (_ answer: @escaping @Sendable (Settlement) -> Void) -> Task<Void, Never>
    ) async -> Settlement {
        let (answers, inlet) = AsyncStream.makeStream(
            of: Settlement.self, bufferingPolicy: .bufferingOldest(1))
        let timer = start { inlet.yield($0) }
        defer { timer.cancel() }
        // In a task of its own: the caller's has been cancelled.
        return await Task { await answers.first { _ in true } ?? .pending }.value
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
