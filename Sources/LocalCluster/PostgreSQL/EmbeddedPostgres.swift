import Glibc

/// A PostgreSQL server of the cluster: created once, on loopback only, with a password.
package struct EmbeddedPostgres: Sendable {
    package let port: Int
    package let password: String
    let home: PostgresHome
    let log: String

    /// The name of the owner role and of its database.
    static let role = "millrace"

    /// - Parameters:
    ///   - runtime: the directory of the installed runtime that contains `bin/postgres`.
    ///   - directory: for the data; another one is used if the server's user cannot reach it.
    ///   - log: the file to which the server's messages are appended.
    package init(
        runtime: String, directory: String, port: Int, password: String, log: String
    ) throws(ClusterError) {
        self.home = try PostgresHome.choose(runtime: runtime, directory: directory)
        self.port = port
        self.password = password
        self.log = log
    }

    /// The connection URI. Contains the password.
    package var url: String {
        "postgresql://\(Self.role):\(password)@127.0.0.1:\(port)/\(Self.role)"
    }

    package var dataDirectory: String { home.data }

    /// Creates the data directory if needed, ends a leftover server on it, starts a new server and
    /// returns when it accepts connections.
    ///
    /// - Parameter isCancelled: polled while waiting; the start is aborted when it returns true.
    package func start(
        within seconds: Double = 60, isCancelled: () -> Bool = { false }
    ) throws(ClusterError) -> ChildProcess {
        try PostgresData(home: home, log: log).prepare(password: password)
        try stopLeftover()
        let child = try ChildProcess.start(serverSpecification)
        let ready = waitUntil(within: seconds) {
            child.poll() != nil || isCancelled() || isReady(child.identity.pid)
        }
        if let exit = child.poll() {
            throw .program(name: "PostgreSQL", reason: "\(exit)", log: log)
        }
        guard ready, !isCancelled() else {
            try stop(child)
            if isCancelled() { throw .stopped }
            throw .program(
                name: "PostgreSQL", reason: "was not ready after \(Int(seconds)) s", log: log)
        }
        return child
    }

    /// Performs a fast shutdown: open transactions are rolled back, data is synced.
    package func stop(_ child: ChildProcess) throws(ClusterError) {
        child.signal(SIGINT)
        if child.wait(seconds: 60) != nil { return }
        child.signal(SIGQUIT)
        guard child.wait(seconds: 10) != nil else { throw .stillRunning(["PostgreSQL"]) }
    }

    /// Ends a server that an earlier supervisor left running on our data; false if there was none.
    @discardableResult
    package func stopLeftover() throws(ClusterError) -> Bool {
        let file = home.data + "/postmaster.pid"
        guard let text = Files.read(file) else { return false }
        let number = text.split(separator: "\n").first.flatMap { Int32($0) } ?? 0
        guard let server = ProcessIdentity(pid: number),
            server.commandLine.contains("postgres"), server.commandLine.contains(home.data)
        else {
            // The pid is free or reused: the server was killed and left its file. Its children end
            // a moment later, and until then PostgreSQL refuses to start on their data.
            guard waitUntil(within: 10, { !Self.isMemoryAttached(text) }) else {
                throw .stillRunning(["PostgreSQL (children of pid \(number))"])
            }
            try Files.remove(file)
            return false
        }
        server.signal(SIGINT)
        if waitUntil(within: 60, { !server.isAlive }) { return true }
        server.signal(SIGQUIT)
        guard waitUntil(within: 10, { !server.isAlive }) else {
            throw .stillRunning(["PostgreSQL (pid \(number))"])
        }
        return true
    }

    /// Whether a process is attached to the shared memory that a pid file names. The seventh line
    /// contains the key and the id of the segment.
    static func isMemoryAttached(_ pidFile: String) -> Bool {
        let lines = pidFile.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 6,
            let segment = lines[6].split(separator: " ").last.flatMap({ Int32($0) })
        else { return false }
        var status = shmid_ds()
        return shmctl(segment, IPC_STAT, &status) == 0 && status.shm_nattch > 0
    }

    /// Whether the server with this pid reports in its pid file that it accepts connections.
    func isReady(_ pid: Int32) -> Bool {
        guard let text = Files.read(home.data + "/postmaster.pid") else { return false }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.count > 7 && lines[0] == "\(pid)" && lines[7].hasPrefix("ready")
    }

    private var serverSpecification: ProcessSpecification {
        var specification = ProcessSpecification(
            executable: home.program("postgres"),
            arguments: ["-D", home.data, "-p", String(port)],
            environment: PostgresData.environment, log: log)
        specification.user = home.user
        specification.deathSignal = .interrupt
        return specification
    }
}
