import CSpawn
import Glibc

/// A program to start, with its arguments and environment.
package struct ProcessSpecification: Sendable {
    package var executable: String
    package var arguments: [String]
    package var environment: [String: String]
    /// Standard output and error are appended here; `nil` inherits ours.
    package var log: String?
    /// The user to run as; `nil` for ours.
    package var user: UnprivilegedUser?
    /// The signal that the kernel sends it when the thread that started it ends.
    package var deathSignal: DeathSignal?
    /// Whether it runs in its own session, without our terminal.
    package var isDetached = false
    /// Whether it inherits our standard input; otherwise it reads /dev/null.
    package var keepsInput = false

    package enum DeathSignal: String, Sendable { case terminate = "TERM", interrupt = "INT" }

    package init(
        executable: String, arguments: [String] = [], environment: [String: String],
        log: String? = nil
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.log = log
    }

    /// The command to execute, wrapped in setpriv(1) if a user or a death signal is set.
    var command: [String] {
        var words: [String] = []
        if let user {
            words += ["--reuid", String(user.uid), "--regid", String(user.gid), "--clear-groups"]
        }
        if let deathSignal { words += ["--pdeathsig", deathSignal.rawValue] }
        if !words.isEmpty { words = ["setpriv"] + words + ["--"] }
        // That user may not be able to enter our working directory.
        if user != nil { words = ["env", "--chdir=/"] + words }
        return words + [executable] + arguments
    }
}

/// A child process that we must reap.
package final class ChildProcess {
    package let identity: ProcessIdentity
    package private(set) var exit: ProcessExit?

    private init(_ identity: ProcessIdentity) { self.identity = identity }

    /// Starts a process in its own process group, with default signal handling.
    package static func start(
        _ specification: ProcessSpecification
    ) throws(ClusterError) -> ChildProcess {
        let command = specification.command
        guard Files.isExecutable(specification.executable) else {
            throw .spawn(program: specification.executable, reason: "the program does not exist")
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        setAttributes(&attributes, isDetached: specification.isDetached)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        setActions(&actions, specification)

        let arguments = command.map { strdup($0) } + [nil]
        let variables = specification.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        var pid = pid_t()
        let code = posix_spawnp(&pid, command[0], &actions, &attributes, arguments, variables)
        guard code == 0 else {
            throw .spawn(
                program: specification.executable, reason: String(cString: strerror(code)))
        }
        // A process that has already ended keeps its /proc entry until it is reaped.
        return ChildProcess(ProcessIdentity(unreaped: pid))
    }

    private static func setAttributes(_ attributes: inout posix_spawnattr_t, isDetached: Bool) {
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        let newSession: Int32 = 0x80  // POSIX_SPAWN_SETSID, which the module does not export
        let group = isDetached ? newSession : Int32(POSIX_SPAWN_SETPGROUP)
        let flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF) | group
        posix_spawnattr_setflags(&attributes, Int16(flags))
    }

    private static func setActions(
        _ actions: inout posix_spawn_file_actions_t, _ specification: ProcessSpecification
    ) {
        // The child must not inherit open files, such as a lock or a pipe of our own parent.
        spawn_close_from(&actions, STDERR_FILENO + 1)
        if !specification.keepsInput {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        if let log = specification.log {
            posix_spawn_file_actions_addopen(
                &actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o640)
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
        }
    }

    /// Its exit, reaped on the first call after its end; `nil` while it runs.
    package func poll() -> ProcessExit? {
        guard exit == nil else { return exit }
        var status: Int32 = 0
        let answer = waitpid(identity.pid, &status, WNOHANG)
        if answer == identity.pid || (answer < 0 && errno == ECHILD) {
            exit = answer < 0 ? .unknown : ProcessExit(status: status)
        }
        return exit
    }

    /// Waits for its end; `nil` if it is still running after `seconds`.
    package func wait(seconds: Double) -> ProcessExit? {
        _ = waitUntil(within: seconds) { poll() != nil }
        return exit
    }

    package func signal(_ number: Int32) {
        guard poll() == nil else { return }
        kill(identity.pid, number)
    }
}

/// How a process ended.
package enum ProcessExit: Sendable, Equatable, CustomStringConvertible {
    case code(Int32)
    case signal(Int32)
    case unknown

    init(status: Int32) {
        let signal = status & 0x7f
        self = signal == 0 ? .code((status >> 8) & 0xff) : .signal(signal)
    }

    package var description: String {
        switch self {
        case .code(let code): "exited with code \(code)"
        case .signal(let signal): "was terminated by signal \(signal)"
        case .unknown: "ended"
        }
    }
}
