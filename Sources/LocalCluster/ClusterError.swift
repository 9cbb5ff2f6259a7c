// LocalCluster: the whole product on one machine, as separate processes under one supervisor.
//
// Invariants: one supervisor per directory (a lock held for its lifetime). Every process it starts
// is recorded with its start time and ends with it; the next `up` or `down` ends any that remain.
// PostgreSQL keeps its durability defaults and is always shut down properly.
// Everything here blocks, and so runs on a thread of its own (`onOwnThread`).
// Neighbours: imports Concurrency, Domain and CSpawn only; starts the programs of the other
// targets.

/// Why a cluster operation failed. Each description says what to do next.
package enum ClusterError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A part of the runtime is not installed.
    case runtimeMissing(path: String)
    /// The data directory was created by another major version.
    case versionMismatch(data: String, server: String, path: String)
    /// A program could not be started.
    case spawn(program: String, reason: String)
    /// A program ended, or was not ready in time.
    case program(name: String, reason: String, log: String)
    /// A system call failed.
    case system(action: String, reason: String)
    /// No port is free for the cluster.
    case noFreePort
    /// Another program uses the requested port.
    case portTaken(Int)
    /// A file of the cluster is invalid.
    case record(path: String, reason: String)
    /// A stop was requested during the start.
    case stopped
    /// A cluster is running in a directory that the command needs for itself.
    case isUp(String)
    /// These processes do not end.
    case stillRunning([String])

    package var description: String {
        switch self {
        case .runtimeMissing(let path):
            "\(path) is missing. Run scripts/install-dependencies."
        case .versionMismatch(let data, let server, let path):
            "\(path) contains data of PostgreSQL \(data), but the installed server is \(server). "
                + "Move the directory to start with an empty one, or upgrade it with pg_upgrade."
        case .spawn(let program, let reason):
            "cannot start \(program): \(reason). Is the build complete? Run: make build"
        case .program(let name, let reason, let log):
            "\(name) \(reason)\(reason.hasSuffix(".") ? "" : ".") Its log: \(log)"
        case .system(let action, let reason):
            "cannot \(action): \(reason)"
        case .noFreePort:
            "all ports between 20000 and 29999 on 127.0.0.1 are in use. Stop a program that uses "
                + "one of them."
        case .portTaken(let port):
            "port \(port) is in use. Choose another with --http-port or MILLRACE_HTTP_PORT, or "
                + "stop the program that uses it."
        case .record(let path, let reason):
            "\(path) cannot be used (\(reason)). Run 'millrace down', delete it, and start again."
        case .stopped:
            "the cluster was stopped while it started"
        case .isUp(let directory):
            "the cluster in \(directory) is running. Stop it first, with 'millrace down'."
        case .stillRunning(let names):
            "these processes have not exited: \(names.joined(separator: ", ")). "
                + "See their logs, or end them with kill -9."
        }
    }

    /// The error of the last system call (`errno`).
    static func system(_ action: String) -> ClusterError {
        .system(action: action, reason: lastSystemError())
    }
}
