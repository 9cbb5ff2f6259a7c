import Dispatch
import Domain
import Synchronization

/// A fixed number of compute threads (lanes), each with its own workspace.
///
/// Calls take turns: a free lane gets the next item of the call whose last turn was longest ago. A
/// call of one item therefore waits for one item of each other call, however many items those have.
/// No lane is idle while work waits. The queue is bounded, because each caller waits for its items.
final class ComputeThreads<Workspace>: Sendable {
    /// A thread's queue and workspace.
    ///
    /// Sendable because the workspace is touched only by blocks on the serial queue.
    private final class Lane: @unchecked Sendable {
        let queue: DispatchQueue
        let workspace: Workspace

        init(label: String, workspace: Workspace) {
            queue = DispatchQueue(label: label)
            self.workspace = workspace
        }
    }

    private typealias Unit = @Sendable (Workspace) -> Void

    private struct State {
        /// The items of each call that have not begun, in the order of the calls' turns.
        var calls: [ArraySlice<Unit>] = []
        var idle: [Lane]
    }

    /// Number of lanes: the maximum number of concurrent items.
    let count: Int
    private let state: Mutex<State>

    init(label: String, workspaces: consuming [Workspace]) {
        var lanes: [Lane] = []
        for (index, workspace) in workspaces.enumerated() {
            lanes.append(Lane(label: "\(label).\(index)", workspace: workspace))
        }
        count = lanes.count
        state = Mutex(State(idle: lanes))
    }

    /// Number of calls with items that have not begun.
    var waitingCalls: Int { state.withLock { $0.calls.count } }

    /// Processes all items in any order and returns the results in the order of the items.
    ///
    /// After a failure, or if the task is cancelled, items that have not begun are skipped.
    func map<Item: Sendable, Output: Sendable>(
        _ items: [Item],
        _ work: @escaping @Sendable (Item, Workspace) throws(JobFailure) -> Output
    ) async throws(JobFailure) -> [Output] {
        let gathering = ResultCollector<Output>(count: items.count)
        let units = items.enumerated().map { index, item in
            { @Sendable (workspace: Workspace) in
                gathering.finish(index) { () throws(JobFailure) in try work(item, workspace) }
            }
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                gathering.begin(continuation)
                enqueue(units)
            }
        } onCancel: {
            gathering.cancel()
        }
        return try result.get()
    }

    private func enqueue(_ units: [Unit]) {
        let woken = state.withLock { state in
            if !units.isEmpty { state.calls.append(units[...]) }
            let woken = Array(state.idle.suffix(units.count))
            state.idle.removeLast(woken.count)
            return woken
        }
        for lane in woken { lane.queue.async { self.drain(lane) } }
    }

    private func drain(_ lane: Lane) {
        while let unit = takeUnit(for: lane) { unit(lane.workspace) }
    }

    /// The next unit of the call whose turn it is. Marks the lane as idle and returns `nil` if no
    /// work waits.
    private func takeUnit(for lane: Lane) -> Unit? {
        state.withLock { state in
            guard var call = state.calls.first, let unit = call.popFirst() else {
                state.idle.append(lane)
                return nil
            }
            state.calls.removeFirst()
            if !call.isEmpty { state.calls.append(call) }
            return unit
        }
    }
}
