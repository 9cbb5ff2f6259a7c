import Dispatch
import Domain
import Synchronization

/// A fixed number of threads for computing, each with a workspace of its own.
///
/// Work waits in one line, first come first served, so calls share the lanes and none is idle
/// while work waits. The line is bounded by its callers: each waits for its own items.
final class WorkLanes<Workspace>: Sendable {
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

    private struct State {
        var waiting: ArraySlice<@Sendable (Workspace) -> Void> = []
        var idle: [Lane]
    }

    /// How many items are worked on at once.
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

    /// Works on all items, in any order, and gives the results in theirs.
    ///
    /// After a failure, or when the task is cancelled, items not yet begun are left out.
    func map<Item: Sendable, Output: Sendable>(
        _ items: [Item],
        _ work: @escaping @Sendable (Item, Workspace) throws(StageFailure) -> Output
    ) async throws(StageFailure) -> [Output] {
        let gathering = Gathering<Output>(count: items.count)
        let units = items.enumerated().map { index, item in
            { @Sendable (workspace: Workspace) in
                gathering.finish(index) { () throws(StageFailure) in try work(item, workspace) }
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

    private func enqueue(_ units: [@Sendable (Workspace) -> Void]) {
        let woken = state.withLock { state in
            state.waiting.append(contentsOf: units)
            let woken = Array(state.idle.suffix(units.count))
            state.idle.removeLast(woken.count)
            return woken
        }
        for lane in woken { lane.queue.async { self.drain(lane) } }
    }

    private func drain(_ lane: Lane) {
        while let unit = takeUnit(for: lane) { unit(lane.workspace) }
    }

    /// The next unit in line; without one the lane is idle again.
    private func takeUnit(for lane: Lane) -> (@Sendable (Workspace) -> Void)? {
        state.withLock { state in
            if let unit = state.waiting.popFirst() { return unit }
            state.waiting = []
            state.idle.append(lane)
            return nil
        }
    }
}
