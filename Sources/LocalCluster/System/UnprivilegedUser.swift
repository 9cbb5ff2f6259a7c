import Glibc

/// The user that a server runs as when we are root and the server refuses root.
package struct UnprivilegedUser: Sendable, Equatable {
    package let name: String
    package let uid: UInt32
    package let gid: UInt32

    /// The user `postgres` if it exists, else `nobody`; `nil` when we are not root.
    package static func forServer() throws(ClusterError) -> UnprivilegedUser? {
        guard geteuid() == 0 else { return nil }
        for name in ["postgres", "nobody"] {
            if let user = named(name) { return user }
        }
        throw .system(
            action: "run PostgreSQL",
            reason: "it cannot run as root, and neither the user 'postgres' nor the user "
                + "'nobody' exists. Create one of them, or run this as an ordinary user")
    }

    private static func named(_ name: String) -> UnprivilegedUser? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        let code = getpwnam_r(name, &entry, &buffer, buffer.count, &found)
        guard code == 0, found != nil, entry.pw_uid != 0 else { return nil }
        return UnprivilegedUser(name: name, uid: entry.pw_uid, gid: entry.pw_gid)
    }

    /// Whether this user may traverse every existing directory of `path`.
    func canReach(_ path: String) -> Bool {
        var partial = ""
        for component in Files.resolved(path).split(separator: "/") {
            partial += "/" + component
            var status = stat()
            guard stat(partial, &status) == 0 else { return errno == ENOENT }
            guard status.st_mode & S_IFMT == S_IFDIR else { continue }
            let bit: mode_t =
                status.st_uid == uid ? 0o100 : status.st_gid == gid ? 0o010 : 0o001
            guard status.st_mode & bit != 0 else { return false }
        }
        return true
    }
}
