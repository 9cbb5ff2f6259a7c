import Domain
import Glibc

/// The locations of the server's programs and data, both reachable by the user it runs as.
struct PostgresHome: Sendable, Equatable {
    /// Contains `bin/postgres`.
    let runtime: String
    /// Contains `data`; created by us.
    let directory: String
    let user: UnprivilegedUser?

    var data: String { directory + "/data" }

    func program(_ name: String) -> String { runtime + "/bin/" + name }

    /// Uses the requested locations, or a directory in /var/tmp if the server's user cannot reach
    /// them (for example below /root). The programs are then copied there.
    static func choose(runtime: String, directory: String) throws(ClusterError) -> PostgresHome {
        guard Files.isExecutable(runtime + "/bin/postgres") else {
            throw .runtimeMissing(path: runtime + "/bin/postgres")
        }
        let user = try UnprivilegedUser.forServer()
        try Files.makeDirectory(directory)
        let directory = Files.resolved(directory)
        guard let user, !(user.canReach(directory) && user.canReach(runtime)) else {
            return PostgresHome(runtime: runtime, directory: directory, user: user)
        }
        let base = "/var/tmp/millrace-\(geteuid())-\(fingerprint(directory))"
        try makeOwnDirectory(base)
        // scripts/clean follows this link to the data.
        symlink(base, directory + "/elsewhere")
        let home = user.canReach(directory) ? directory : base + "/postgres"
        try Files.makeDirectory(home)
        guard !user.canReach(runtime) else {
            return PostgresHome(runtime: runtime, directory: home, user: user)
        }
        try copy(runtime, to: base + "/runtime")
        return PostgresHome(runtime: base + "/runtime", directory: home, user: user)
    }

    /// Creates a directory below /var/tmp. Refuses one that another user owns or may write to.
    private static func makeOwnDirectory(_ path: String) throws(ClusterError) {
        if mkdir(path, 0o755) == 0 { return }
        var status = stat()
        guard errno == EEXIST, lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
            status.st_uid == geteuid(), status.st_mode & 0o022 == 0
        else {
            throw .system(
                action: "use \(path)", reason: "it exists and is owned by another user. Remove it")
        }
    }

    /// Copies the server's programs, unless the same version is already there.
    private static func copy(_ source: String, to target: String) throws(ClusterError) {
        let stamp = Files.read(source + "/.stamp")
        if stamp != nil, Files.read(target + "/.stamp") == stamp { return }
        try Files.remove(target)
        var specification = ProcessSpecification(
            executable: "/bin/cp", arguments: ["-R", "-P", "-p", source + "/.", target + ".new"],
            environment: [:])
        specification.deathSignal = .terminate
        try Files.remove(target + ".new")
        let child = try ChildProcess.start(specification)
        guard child.wait(seconds: 120) == .code(0), rename(target + ".new", target) == 0 else {
            child.signal(SIGKILL)
            throw .system(action: "copy \(source)", reason: "cp failed; is the disk full?")
        }
    }

    /// A hash of a path (FNV-1a) as eight hexadecimal digits.
    private static func fingerprint(_ path: String) -> String {
        var hash: UInt32 = 2_166_136_261
        for byte in path.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return withUnsafeBytes(of: hash.bigEndian) { $0.hexadecimal }
    }
}
