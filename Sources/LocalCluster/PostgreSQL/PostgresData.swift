import Glibc

/// Creates the data directory of a server, once and as a whole.
struct PostgresData {
    let home: PostgresHome
    let log: String

    /// The whole environment of the server's programs; nothing is inherited.
    static let environment = ["LC_ALL": "C", "PATH": "/usr/bin:/bin", "TZ": "UTC"]

    /// Creates the data directory, or checks the version of an existing one.
    func prepare(password: String) throws(ClusterError) {
        if Files.isDirectory(home.data) { return try checkVersion() }
        let fresh = home.directory + "/data.new"
        try Files.remove(fresh)
        guard mkdir(fresh, 0o700) == 0 else { throw .system("create \(fresh)") }
        try changeOwner(fresh)
        try initialise(fresh, password: password)
        try appendSettings(fresh)
        try createDatabase(fresh)
        // Only a complete directory gets this name.
        guard rename(fresh, home.data) == 0 else { throw .system("create \(home.data)") }
    }

    private func checkVersion() throws(ClusterError) {
        let made =
            (Files.read(home.data + "/PG_VERSION") ?? "none")
            .split(separator: "\n").first.map(String.init) ?? "none"
        let server = try installedVersion()
        guard made == server else {
            throw .versionMismatch(data: made, server: server, path: home.data)
        }
    }

    /// The major version of the installed server.
    private func installedVersion() throws(ClusterError) -> String {
        let report = home.directory + "/version"
        try Files.remove(report)
        try run("postgres", ["--version"], log: report)
        // "postgres (PostgreSQL) 18.4"
        let words = (Files.read(report) ?? "").split { $0 == " " || $0 == "\n" }
        try Files.remove(report)
        guard words.count > 2, let major = words[2].split(separator: ".").first else {
            throw .record(path: home.program("postgres"), reason: "it reports no version")
        }
        return String(major)
    }

    private func initialise(_ data: String, password: String) throws(ClusterError) {
        let passwordFile = home.directory + "/password"
        try Files.replace(passwordFile, with: Array("\(password)\n".utf8))
        try changeOwner(passwordFile)
        defer { unlink(passwordFile) }
        try run(
            "initdb",
            [
                "-D", data, "--username", EmbeddedPostgres.role, "--pwfile", passwordFile,
                "--auth-host", "scram-sha-256", "--auth-local", "scram-sha-256",
                "--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin",
                "--builtin-locale", "C.UTF-8", "--no-instructions",
            ], log: log)
    }

    /// Durability settings stay at the server's defaults.
    private func appendSettings(_ data: String) throws(ClusterError) {
        let path = data + "/postgresql.conf"
        let settings = """

            # Millrace: this machine only.
            listen_addresses = '127.0.0.1'
            unix_socket_directories = ''
            max_connections = 200
            log_timezone = 'UTC'
            timezone = 'UTC'
            log_line_prefix = '%m [%p] %q%a '

            """
        guard let text = Files.read(path) else { throw .system("read \(path)") }
        try Files.replace(path, with: Array((text + settings).utf8))
        try changeOwner(path)
    }

    /// Creates the database in single-user mode, so that no connection is needed.
    private func createDatabase(_ data: String) throws(ClusterError) {
        let name = EmbeddedPostgres.role
        try run(
            "sh",
            [
                "-c", "echo 'CREATE DATABASE \(name)' | \"$1\" --single -D \"$2\" postgres",
                "sh", home.program("postgres"), data,
            ], log: log)
    }

    /// Runs a program of the runtime, or the shell, until it ends.
    private func run(
        _ program: String, _ arguments: [String], log: String
    ) throws(ClusterError) {
        var specification = ProcessSpecification(
            executable: program == "sh" ? "/bin/sh" : home.program(program),
            arguments: arguments, environment: Self.environment, log: log)
        specification.user = home.user
        specification.deathSignal = .terminate
        let child = try ChildProcess.start(specification)
        let exit = child.wait(seconds: 120)
        guard exit == .code(0) else {
            child.signal(SIGKILL)
            _ = child.wait(seconds: 5)
            throw .program(
                name: program, reason: exit.map { "\($0)" } ?? "took more than two minutes",
                log: log)
        }
    }

    private func changeOwner(_ path: String) throws(ClusterError) {
        guard let user = home.user else { return }
        guard chown(path, user.uid, user.gid) == 0 else {
            throw .system("change the owner of \(path) to \(user.name)")
        }
    }
}
