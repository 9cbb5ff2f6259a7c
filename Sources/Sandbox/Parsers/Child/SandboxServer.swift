import CSpawn
import Domain
import Glibc
import Synchronization

/// The `parse-sandbox` program, which forks a child process per document. It is started with the
/// first document, and restarted when it has ended.
final class SandboxServer: Sendable {
    private struct Program {
        var pid: pid_t
        var socket: Int32
    }

    private let path: String
    private let arguments: [String]
    private let program = Mutex<Program?>(nil)

    init(path: String, arguments: [String]) {
        self.path = path
        self.arguments = arguments
    }

    /// Starts a child that parses one document.
    ///
    /// - Parameters:
    ///   - document: descriptor of the document.
    ///   - output: descriptor for its text.
    ///   - report: descriptor for the child's report.
    /// - Returns: a socket on which the program sends the child's wait status (four bytes; -1 if
    ///   the child could not be started). End of file without a status means that the program has
    ///   ended. Shutting down the other direction kills the child. The caller closes the socket.
    func start(
        _ format: String, document: Int32, output: Int32, report: Int32
    ) throws(JobFailure) -> Int32 {
        var line: [Int32] = [-1, -1]
        guard spawn_socket_pair(Int32(SOCK_STREAM.rawValue), &line) == 0 else {
            throw .unavailable(.machine(.sandboxUnavailable), "the system cannot create a socket")
        }
        defer { close(line[1]) }
        // A failed write shows that the program has ended. It is then restarted once.
        for _ in 0..<2 {
            let sent = program.withLock { program in
                send(format, [document, output, report, line[1]], to: &program)
            }
            switch sent {
            case .success(true): return line[0]
            case .success(false): continue
            case .failure(let failure):
                close(line[0])
                throw failure
            }
        }
        close(line[0])
        throw .unavailable(.machine(.sandboxUnavailable), "\(path) exits right after its start")
    }

    /// Sends a request to the program, started if necessary; false when the program has ended.
    private func send(
        _ format: String, _ descriptors: [Int32], to program: inout Program?
    ) -> Result<Bool, JobFailure> {
        do throws(JobFailure) {
            let running = if let program { program } else { try launch() }
            program = running
            guard spawn_send(running.socket, format, descriptors) != 0 else {
                return .success(true)
            }
            Self.end(running)
            program = nil
            return .success(false)
        } catch {
            return .failure(error)
        }
    }

    /// Starts the program with one socket and an empty environment except `LD_BIND_NOW`. It has its
    /// own process group, so that a terminal's interrupt does not reach it.
    private func launch() throws(JobFailure) -> Program {
        var ends: [Int32] = [-1, -1]
        guard spawn_socket_pair(Int32(SOCK_SEQPACKET.rawValue), &ends) == 0 else {
            throw .unavailable(.machine(.sandboxUnavailable), "the system cannot create a socket")
        }
        defer { close(ends[1]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO)
        spawn_close_from(&actions, STDERR_FILENO + 1)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var blocked = sigset_t()
        var defaulted = sigset_t()
        sigemptyset(&blocked)
        sigemptyset(&defaulted)
        for signal in [SIGPIPE, SIGTERM, SIGINT, SIGHUP, SIGXCPU, SIGCHLD] {
            sigaddset(&defaulted, signal)
        }
        posix_spawnattr_setsigmask(&attributes, &blocked)
        posix_spawnattr_setsigdefault(&attributes, &defaulted)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags =
            Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
            | Int32(POSIX_SPAWN_SETPGROUP)
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var argv = ([path] + arguments).map { strdup($0) }
        argv.append(nil)
        defer { argv.forEach { free($0) } }
        // Binds libraries before the first fork, so that no child binds them again.
        var environment = [strdup("LD_BIND_NOW=1"), nil]
        defer { environment.forEach { free($0) } }
        var pid = pid_t()
        let status = posix_spawn(&pid, path, &actions, &attributes, &argv, &environment)
        guard status == 0 else {
            close(ends[0])
            throw .unavailable(
                .machine(.sandboxUnavailable),
                "\(path) cannot be started: \(String(cString: strerror(status)))")
        }
        return Program(pid: pid, socket: ends[0])
    }

    /// Ends the program, which also ends its children.
    private static func end(_ program: Program) {
        close(program.socket)
        kill(program.pid, SIGKILL)
        var status: Int32 = 0
        while waitpid(program.pid, &status, 0) < 0 && errno == EINTR {}
    }

    deinit { program.withLock { if let program = $0 { Self.end(program) } } }
}
