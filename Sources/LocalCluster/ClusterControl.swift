import Glibc

/// Starts and stops the supervisor from another process.
package struct ClusterControl: Sendable {
    let layout: ClusterLayout

    package init(layout: ClusterLayout) { self.layout = layout }

    /// Whether a supervisor is running.
    package var isUp: Bool { SupervisorLock.isHeld(layout) }

    /// Starts `supervisor` in the background and returns when all processes are ready. A running
    /// cluster whose programs were rebuilt since its start is stopped first.
    ///
    /// - Parameters:
    ///   - supervisor: executable, arguments and environment of the supervising process.
    ///   - progress: receives each new step.
    /// - Returns: false when the cluster was already running.
    package func up(
        supervisor: ProcessSpecification, within seconds: Double = 900,
        progress: (String) -> Void
    ) throws(ClusterError) -> Bool {
        try layout.makeDirectories()
        if isUp, let state = try ClusterState.read(layout), state.phase == .ready {
            guard state.isOutdated else { return false }
            progress("the programs were rebuilt; stopping the old processes")
            _ = try down()
        }
        var specification = supervisor
        specification.log = layout.log(of: "supervisor")
        specification.isDetached = true
        let startsNow = !isUp
        let child = startsNow ? try ChildProcess.start(specification) : nil
        var lastMessage = ""
        let end = monotonicSeconds() + seconds
        while monotonicSeconds() < end {
            let ended = child?.poll()
            let state = try? ClusterState.read(layout)
            let isOfThisStart = child == nil || state?.supervisor == child?.identity
            if let state, isOfThisStart {
                if state.message != lastMessage, state.phase == .starting {
                    progress(state.message)
                }
                lastMessage = state.message
                if state.phase == .ready { return startsNow }
                if state.phase == .failed { throw failed(state.message) }
            }
            if ended != nil || (child == nil && !isUp) { throw failed("the supervisor exited") }
            pause(milliseconds: 50)
        }
        throw failed("the cluster was not ready after \(Int(seconds)) s")
    }

    /// Stops everything. Returns the names of the stopped processes; empty if none was running.
    package func down() throws(ClusterError) -> [String] {
        let state = try ClusterState.read(layout)
        guard let state else {
            guard isUp else { return [] }
            // The supervisor has the lock but has not written its state yet.
            guard waitUntil(within: 5, { Files.exists(layout.stateFile) || !isUp }) else {
                throw .record(path: layout.stateFile, reason: "it does not exist")
            }
            return isUp ? try down() : []
        }
        var names: [String] = []
        if state.supervisor.isAlive, isUp {
            names = state.processes.map(\.name)
            state.supervisor.signal(SIGTERM)
            if !waitUntil(within: 150, { !state.supervisor.isAlive }) {
                state.supervisor.signal(SIGKILL)
                _ = waitUntil(within: 5) { !state.supervisor.isAlive }
            }
        }
        if let rest = try ClusterState.read(layout) {
            names += try Leftovers(state: rest).end().filter { !names.contains($0) }
            try Files.remove(layout.stateFile)
        }
        return names
    }

    private func failed(_ reason: String) -> ClusterError {
        .program(
            name: "the cluster", reason: "did not start: \(reason)",
            log: layout.log(of: "supervisor"))
    }
}
