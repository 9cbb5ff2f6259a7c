import CSpawn
import Domain
import Glibc

/// How to start the sandbox on one document.
struct SandboxCommand: Sendable {
    var path: String
    var arguments: [String]

    /// Starts the program with an empty environment, these three descriptors and no other, in a
    /// process group of its own, so that a terminal's interrupt leaves it to us.
    func spawn(
        stdin: Int32, stdout: Int32, stderr: Int32
    ) throws(StageFailure) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, stdin, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, stdout, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, stderr, STDERR_FILENO)
        spawn_close_from(&actions, STDERR_FILENO + 1)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var blocked = sigset_t()
        var defaulted = sigset_t()
        sigemptyset(&blocked)
        sigemptyset(&defaulted)
        for signal in [SIGPIPE, SIGTERM, SIGINT, SIGHUP, SIGXCPU] {
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
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        var pid = pid_t()
        let status = posix_spawn(&pid, path, &actions, &attributes, &argv, &environment)
        guard status == 0 else {
            throw .unavailable(
                "sandbox_unavailable",
                "\(path) cannot be started: \(String(cString: strerror(status)))")
        }
        return pid
    }
}
