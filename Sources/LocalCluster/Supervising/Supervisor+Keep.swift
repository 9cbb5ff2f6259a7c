import Glibc

extension Supervisor {
    /// Records deaths and restarts processes whose backoff has passed.
    func restartDied() throws(ClusterError) {
        var changed = false
        for index in children.indices {
            if let exit = children[index].process?.poll() {
                let lived = monotonicSeconds() - children[index].startedAt
                let delay = children[index].backoff.delay(lived: lived)
                children[index].process = nil
                children[index].restartAt = monotonicSeconds() + delay
                report("\(children[index].name) \(exit); it restarts in \(delay) s")
                changed = true
            }
            guard children[index].process == nil,
                monotonicSeconds() >= children[index].restartAt
            else { continue }
            try restart(index)
            changed = true
        }
        if changed { try writeState() }
    }

    /// Restarts a process. A failed start counts as an immediate death.
    private func restart(_ index: Int) throws(ClusterError) {
        do throws(ClusterError) {
            try start(index)
            children[index].restarts += 1
            report("\(children[index].name) has restarted")
        } catch {
            if error == .stopped { throw error }
            let delay = children[index].backoff.delay(lived: 0)
            children[index].restartAt = monotonicSeconds() + delay
            report("\(error); the next attempt is in \(delay) s")
        }
    }

    /// Ends all in reverse order: the programs together, then the broker, then PostgreSQL.
    func stopAll() throws(ClusterError) {
        isStopping = true
        guard !children.isEmpty else { return }
        try setPhase(.stopping, "stopping")
        for tier in ProcessPlan.Tier.allCases.reversed() {
            let processes = children.reversed()
                .filter { $0.entry?.tier == tier }.compactMap(\.process)
            for process in processes { process.signal(SIGTERM) }
            let ended = waitUntil(within: limits.grace) {
                processes.allSatisfy { $0.poll() != nil }
            }
            guard !ended else { continue }
            for child in children where child.process?.poll() == nil && child.entry?.tier == tier {
                report("\(child.name) did not exit within \(Int(limits.grace)) s; killing it")
                child.process?.signal(SIGKILL)
            }
            _ = waitUntil(within: 5) { processes.allSatisfy { $0.poll() != nil } }
        }
        for child in children where child.entry == nil {
            if let process = child.process, let postgres { try postgres.stop(process) }
        }
        children = []
        report("all processes have exited")
    }
}

/// A file that processes append to.
struct LogFile {
    let path: String

    init(_ path: String) { self.path = path }

    /// Copies the content to `….1` and truncates the file when it exceeds the limit. Writers keep
    /// their descriptors; what they append between the two steps may be lost.
    func setAside(above limit: Int) throws(ClusterError) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_size > limit else { return }
        var specification = ProcessSpecification(
            executable: "/bin/cp", arguments: ["-f", path, path + ".1"], environment: [:])
        specification.deathSignal = .terminate
        let copy = try ChildProcess.start(specification)
        guard copy.wait(seconds: 30) == .code(0) else { return copy.signal(SIGKILL) }
        truncate(path, 0)
    }
}
