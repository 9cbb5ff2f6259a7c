import Glibc

/// Starting and stopping the supervisor from outside.
package struct ClusterControl: Sendable {
    let layout: ClusterLayout

    package init(layout: ClusterLayout) { self.layout = layout }

    /// Whether a supervisor is at work.
    package var isUp: Bool { SupervisorLock.isHeld(layout) }

    /// Starts `supervisor` in the background and returns when it says that all are ready. A
    /// cluster of programs that were built anew since is stopped first.
    ///
    /// - Parameters:
    ///   - supervisor: executable, arguments and environment of the supervising process.
    ///   - progress: receives each new step.
    /// - Returns: false when the cluster was up already.
    package func up(
        supervisor: ProcessSpecification, within seconds: Double = 900,
        progress: (String) -> Void
    ) throws(ClusterError) -> Bool {
        try layout.makeDirectories()
        if isUp, let state = try ClusterState.read(layout), state.phase == .ready {
            guard state.isOutdated else { return false }
            progress("the programs were built anew: stopping the old ones")
            _ = try down()
        }
        var specification = supervisor
        specification.log = layout.log(of: "supervisor")
        specification.isDetached = true
        let startsNow = !isUp
        let child = startsNow ? try ChildProcess.start(specification) : nil
        var told = ""
        let end = monotonicSeconds() + seconds
        while monotonicSeconds() < end {
            let ended = child?.poll()
            let state = try? ClusterState.read(layout)
            let isOfThisStart = child == nil || state?.supervisor == child?.identity
            if let state, isOfThisStart {
                if state.message != told, state.phase == .starting { progress(state.message) }
                told = state.message
                if state.phase == .ready { return startsNow }
                if state.phase == .failed { throw failed(state.message) }
            }
            if ended != nil || (child == nil && !isUp) { throw failed("the supervisor ended") }
            pause(milliseconds: 50)
        }
        throw failed("the cluster was not ready after \(Int(seconds)) s")
    }

    /// Stops everything; returns the names of what was running. Nothing running is no error.
    package func down() throws(ClusterError) -> [String] {
        let state = try ClusterState.read(layout)
        guard let state else {
            guard isUp else { return [] }
            // Between taking the lock and its first word.
            guard waitUntil(within: 5, { Files.exists(layout.stateFile) || !isUp }) else {
                throw .record(path: layout.stateFile, reason: "it is not there")
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
