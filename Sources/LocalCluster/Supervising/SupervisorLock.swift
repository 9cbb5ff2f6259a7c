import Glibc

/// Ensures a single supervisor per directory. The kernel releases it when the process ends.
final class SupervisorLock {
    private let descriptor: Int32

    /// Takes the lock; `nil` when another process has it.
    init?(_ layout: ClusterLayout) throws(ClusterError) {
        descriptor = open(layout.lockFile, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system("open \(layout.lockFile)") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
    }

    deinit { close(descriptor) }

    /// Whether a supervisor is running in this directory.
    static func isHeld(_ layout: ClusterLayout) -> Bool {
        let descriptor = open(layout.lockFile, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0
    }
}
