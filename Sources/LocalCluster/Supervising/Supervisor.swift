import Glibc

/// Starts the processes of a cluster in order, keeps them alive, and ends them in reverse order.
///
/// Runs on one thread for the life of the process. When that thread ends, the kernel signals the
/// children to end.
package final class Supervisor {
    let layout: ClusterLayout
    let plan: ProcessPlan
    let size: ClusterSize
    /// The requested port of the API, if any.
    let httpPort: Int?
    let limits: Limits
    let inherited: [String: String]
    /// The one-shot program that migrates the schema; its environment is like a program's.
    let migrate: ProcessPlan.Entry?
    let signals: Signals
    let report: (String) -> Void

    var record: ClusterRecord?
    var postgres: EmbeddedPostgres?
    /// In start order; the database is first.
    var children: [Supervised] = []
    var state: ClusterState
    var isStopping = false

    /// Time limits in seconds, and the size limit of logs.
    package struct Limits: Sendable {
        package var ready = 60.0
        /// For PostgreSQL's start. After a crash it replays its log, which takes minutes on a busy
        /// machine. Giving up would only restart the replay.
        package var recovery = 600.0
        package var migrate = 120.0
        package var grace = 20.0
        /// A log larger than this is moved to `….1`, which replaces the previous one.
        package var logBytes = 64 * 1024 * 1024
        package init() {}
    }

    package init(
        layout: ClusterLayout, size: ClusterSize, httpPort: Int? = nil, plan: ProcessPlan,
        migrate: ProcessPlan.Entry?, environment: [String: String], limits: Limits = Limits(),
        signals: Signals, report: @escaping (String) -> Void
    ) throws(ClusterError) {
        guard let me = ProcessIdentity(pid: getpid()) else { throw .system("read /proc") }
        self.layout = layout
        self.size = size
        self.httpPort = httpPort
        self.plan = plan
        self.migrate = migrate
        self.inherited = environment
        self.limits = limits
        self.signals = signals
        self.report = report
        self.state = ClusterState(
            phase: .starting, message: "starting", supervisor: me, processes: [])
    }

    /// Runs the cluster until a stop signal arrives. A failed start stops everything and throws.
    package func run() throws(ClusterError) {
        try layout.makeDirectories()
        guard let lock = try SupervisorLock(layout) else {
            throw .system(action: "start", reason: "another supervisor is running this cluster")
        }
        if let old = try ClusterState.read(layout) {
            for name in try Leftovers(state: old).end(grace: limits.grace) {
                report("stopped \(name), which an earlier supervisor left running")
            }
        }
        do throws(ClusterError) {
            try startAll()
            try setPhase(.ready, "all processes are ready")
            try superviseUntilStopped()
        } catch {
            try stopAll()
            if error != .stopped {
                try setPhase(.failed, error.description)
                throw error
            }
        }
        try stopAll()
        try Files.remove(layout.stateFile)
        withExtendedLifetime(lock) {}
    }

    private func superviseUntilStopped() throws(ClusterError) {
        var logsCheckedAt = monotonicSeconds()
        while !stopRequested(milliseconds: 200) {
            try restartDied()
            if monotonicSeconds() - logsCheckedAt > 10 {
                try children.forEachTyped { child throws(ClusterError) in
                    try LogFile(layout.log(of: child.name)).setAside(above: limits.logBytes)
                }
                logsCheckedAt = monotonicSeconds()
            }
        }
    }

    /// Whether a stop was requested; waits up to `milliseconds` for a signal.
    func stopRequested(milliseconds: Int32 = 0) -> Bool {
        while let number = signals.next(milliseconds: isStopping ? 0 : milliseconds) {
            if number == SIGCHLD { break }
            if !isStopping { report("stopping after signal \(number)") }
            isStopping = true
        }
        return isStopping
    }

    func setPhase(_ phase: ClusterState.Phase, _ message: String) throws(ClusterError) {
        report(message)
        state.phase = phase
        state.message = message
        try writeState()
    }

    func writeState() throws(ClusterError) {
        state.processes = children.compactMap { child in
            guard let process = child.process else { return nil }
            return ClusterState.Process(
                name: child.name, identity: process.identity,
                adminPort: record?.adminPorts[child.name], restarts: child.restarts,
                isDatabase: child.entry == nil)
        }
        try state.write(layout)
    }
}

/// A process and its restart state.
struct Supervised {
    let name: String
    /// `nil` for the database server.
    let entry: ProcessPlan.Entry?
    var process: ChildProcess?
    var startedAt = monotonicSeconds()
    var restarts = 0
    var backoff = RestartBackoff()
    /// When to restart it, on the monotonic clock.
    var restartAt = 0.0
}

extension Sequence {
    /// `forEach` with typed throws.
    func forEachTyped<Failure: Error>(
        _ body: (Element) throws(Failure) -> Void
    ) throws(Failure) {
        for element in self { try body(element) }
    }
}
