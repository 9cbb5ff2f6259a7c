import FoundationEssentials
import Glibc
import Testing

@testable import LocalCluster

@Suite(.timeLimit(.minutes(5))) struct ProcessTests {
    private func specification(_ script: String, log: String? = nil) -> ProcessSpecification {
        ProcessSpecification(
            executable: "/bin/sh", arguments: ["-c", script],
            environment: ["PATH": "/usr/bin:/bin", "WORD": "heard"], log: log)
    }

    @Test func `the exit code, output and environment of a child are passed on`() async throws {
        let scratch = Scratch()
        let log = scratch.path + "/log"
        let specification = specification("echo $WORD; exit 7", log: log)
        let exit = try await onOwnThread { () throws(ClusterError) in
            try ChildProcess.start(specification).wait(seconds: 10)
        }
        #expect(exit == .code(7))
        #expect(Files.read(log) == "heard\n")
    }

    @Test func `a child inherits only its three standard files`() async throws {
        let scratch = Scratch()
        let log = scratch.path + "/log"
        let kept = open("/dev/null", O_RDONLY)
        defer { close(kept) }
        let specification = specification("[ -e /proc/self/fd/\(kept) ] || echo closed", log: log)
        _ = try await onOwnThread { () throws(ClusterError) in
            try ChildProcess.start(specification).wait(seconds: 10)
        }
        #expect(Files.read(log) == "closed\n")
    }

    @Test func `termination by a signal is distinguished from an exit`() async throws {
        let specification = specification("exec sleep 60")
        let exit = try await onOwnThread { () throws(ClusterError) in
            let child = try ChildProcess.start(specification)
            child.signal(SIGKILL)
            return child.wait(seconds: 10)
        }
        #expect(exit == .signal(SIGKILL))
    }

    @Test func `a reused pid is not taken for the old process`() throws {
        let me = try #require(ProcessIdentity(pid: getpid()))
        #expect(me.isAlive)
        #expect(me.residentBytes > 1_000_000)
        #expect(!ProcessIdentity(unreaped: -1).isAlive)
        let other = try #require(ProcessIdentity(pid: 1))
        #expect(other != me)
    }

    @Test func `a rebuilt program is distinguished from a deleted one`()
        async throws
    {
        let scratch = Scratch()
        let program = scratch.path + "/program"
        let sleep = try #require(try? Data(contentsOf: URL(filePath: "/bin/sleep")))
        try Files.replace(program, with: sleep, mode: 0o755)
        let specification = ProcessSpecification(
            executable: program, arguments: ["60"], environment: [:])
        try await onOwnThread { () throws(ClusterError) in
            let child = try ChildProcess.start(specification)
            #expect(!child.identity.isOutdated)
            try Files.remove(program)
            #expect(!child.identity.isOutdated)
            try Files.replace(program, with: sleep, mode: 0o755)
            #expect(child.identity.isOutdated)
            child.signal(SIGKILL)
            _ = child.wait(seconds: 10)
        }
    }

    @Test func `the error names a missing program`() {
        #expect(
            throws: ClusterError.spawn(program: "/no/such", reason: "the program does not exist")
        ) {
            try ChildProcess.start(ProcessSpecification(executable: "/no/such", environment: [:]))
        }
    }

    @Test func `a child with a death signal ends when the thread that started it does`()
        async throws
    {
        var specification = specification("exec sleep 60")
        specification.deathSignal = .terminate
        let child = try await onOwnThread { [specification] () throws(ClusterError) in
            let child = try ChildProcess.start(specification)
            // setpriv requests the signal and then executes the program in its place.
            _ = waitUntil(within: 5) { child.identity.commandLine == "sleep 60" }
            return child.identity
        }
        let ended = try await onOwnThread { waitUntil(within: 5) { !child.isAlive } }
        #expect(ended)
        // Exit tests of the same process wait for any child, and would only ever find this one.
        waitpid(child.pid, nil, WNOHANG)
    }

    @Test func `a port in use is not returned`() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        let port = try FreePort.find()
        #expect(withLoopbackAddress(port) { bind(descriptor, $0, $1) } == 0)
        listen(descriptor, 1)
        #expect(!FreePort.isFree(port))
        #expect(try FreePort.find(preferred: port) != port)
    }

    @Test func `a port that another process has found but not bound is not found again`()
        async throws
    {
        let scratch = Scratch()
        let port = try FreePort.find()
        let script = """
            import fcntl, time
            promises = open("/tmp/millrace-ports-\(geteuid())", "r+b")
            for other in range(\(port + 1), \(port + 100)):
                try:
                    fcntl.lockf(promises, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, other)
                except OSError:
                    continue  # Another test's.
                print(other, flush=True)
                break
            time.sleep(60)
            """
        let log = scratch.path + "/log"
        let other = try ChildProcess.start(
            ProcessSpecification(
                executable: "/usr/bin/env", arguments: ["python3", "-c", script],
                environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"], log: log))
        defer {
            other.signal(SIGKILL)
            _ = other.wait(seconds: 5)
        }
        var promised: Int?
        while promised == nil {
            try await Task.sleep(for: .milliseconds(10))
            promised = Int(
                try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").first ?? "")
        }
        #expect(try FreePort.find(preferred: promised) != promised)
        #expect(try FreePort.find(preferred: port) == port)
    }

    @Test func `the requested API port is used, also at later starts`() throws {
        let scratch = Scratch()
        let layout = ClusterLayout(root: scratch.path, programs: "/")
        let wanted = try FreePort.find()
        let first = try ClusterRecord.prepare(
            layout, size: ClusterSize(), httpPort: wanted, processes: [])
        #expect(first.httpPort == wanted)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #expect(withLoopbackAddress(wanted) { bind(descriptor, $0, $1) } == 0)
        listen(descriptor, 1)
        // A port in use is an error if requested explicitly. Otherwise another is used for now.
        #expect(throws: ClusterError.portTaken(wanted)) {
            try ClusterRecord.prepare(
                layout, size: ClusterSize(), httpPort: wanted, processes: [])
        }
        let moved = try ClusterRecord.prepare(layout, size: ClusterSize(), processes: [])
        #expect(moved.httpPort != wanted && moved.wantedHTTPPort == wanted)
        close(descriptor)
        let back = try ClusterRecord.prepare(layout, size: ClusterSize(), processes: [])
        #expect(back.httpPort == wanted)
    }

    @Test func `ports and password are kept between starts`() throws {
        let scratch = Scratch()
        let layout = ClusterLayout(root: scratch.path, programs: "/")
        let names = ["a", "b"]
        let first = try ClusterRecord.prepare(layout, size: ClusterSize(), processes: names)
        let second = try ClusterRecord.prepare(layout, size: ClusterSize(), processes: names)
        #expect(first == second)
        #expect(first.postgresPassword.count == 32)
        var status = stat()
        stat(layout.recordFile, &status)
        #expect(status.st_mode & 0o777 == 0o600)
    }
}
