import Glibc
import Synchronization

/// Finds free ports of the loopback interface.
///
/// A port is bound some time after it is found, often by a child. It stays reserved for this
/// process until it ends, so clusters that start at the same time find different ports.
package enum FreePort {
    /// `preferred` if it is free, else a random free port. Random ports are below the range that
    /// the kernel uses for outgoing connections, so that they are still free at a restart.
    package static func find(
        preferred: Int? = nil, excluding taken: Set<Int> = []
    ) throws(ClusterError) -> Int {
        if let preferred, !taken.contains(preferred), reserve(preferred), isFree(preferred) {
            return preferred
        }
        for _ in 0..<500 {
            let port = Int.random(in: 20_000..<30_000)
            let isNew = tried.withLock { $0.insert(port).inserted }
            if isNew, !taken.contains(port), reserve(port), isFree(port) { return port }
        }
        throw .noFreePort
    }

    /// The random ports that this process has tried. Its own reservations do not exclude it.
    private static let tried = Mutex<Set<Int>>([])

    /// Reserves a port; false when another process has reserved it. Locks the byte at that offset
    /// of a file shared by all processes of this user. The kernel releases it at process end.
    private static func reserve(_ port: Int) -> Bool {
        guard let reservations else { return true }
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = off_t(port)
        lock.l_len = 1
        return fcntl(reservations, F_SETLK, &lock) == 0
    }

    /// The file of reservations; `nil` when it cannot be opened or is not private to this user, and
    /// then ports are found without reservations. If other users could lock it, they could block
    /// every start.
    private static let reservations: Int32? = {
        let path = "/tmp/millrace-ports-\(geteuid())"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_uid == geteuid(),
            status.st_mode & 0o077 == 0
        else {
            close(descriptor)
            return nil
        }
        return descriptor
    }()

    package static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var yes: Int32 = 1
        setsockopt(
            descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        return withLoopbackAddress(port) { bind(descriptor, $0, $1) } == 0
    }
}

/// Calls `body` with the socket address 127.0.0.1:`port`.
func withLoopbackAddress<R>(
    _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R
) -> R {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}
