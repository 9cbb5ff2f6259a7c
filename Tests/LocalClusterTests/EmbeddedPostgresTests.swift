import Glibc
import TestSupport
import Testing

@testable import LocalCluster

@Suite(.serialized, .timeLimit(.minutes(5))) struct EmbeddedPostgresTests {
    private func server(_ scratch: Scratch) throws(ClusterError) -> EmbeddedPostgres {
        try EmbeddedPostgres(
            runtime: Runtime.path + "/postgres", directory: scratch.path + "/postgres",
            port: try FreePort.find(), password: "only-for-this-test",
            log: scratch.path + "/postgres.log")
    }

    /// Runs SQL with the runtime's own psql, over a network connection with the password.
    private func ask(
        _ server: EmbeddedPostgres, _ sql: String, in scratch: Scratch, url: String? = nil,
        succeeds: Bool = true
    ) throws(ClusterError) -> String {
        let answer = scratch.path + "/answer"
        try Files.remove(answer)
        let psql = ProcessSpecification(
            executable: server.home.program("psql"),
            arguments: [
                "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, url ?? server.url,
            ],
            environment: [:], log: answer)
        let exit = try ChildProcess.start(psql).wait(seconds: 20)
        #expect((exit == .code(0)) == succeeds, "\(Files.read(answer) ?? "")")
        return Files.read(answer) ?? ""
    }

    @Test
    func `a server starts in an empty directory, survives a kill, and refuses a wrong password`()
        async throws
    {
        let scratch = Scratch()
        try await onOwnThread { () throws(ClusterError) in
            let server = try server(scratch)
            var process = try server.start()
            #expect(
                try ask(
                    server,
                    "CREATE EXTENSION vector; CREATE TABLE kept AS SELECT '[1,2]'::vector AS v",
                    in: scratch) == "")
            #expect(try ask(server, "SHOW fsync", in: scratch) == "on\n")
            #expect(try ask(server, "SHOW synchronous_commit", in: scratch) == "on\n")
            #expect(try ask(server, "SHOW server_encoding", in: scratch) == "UTF8\n")
            let stranger = server.url.replacing("only-for-this-test", with: "a-guess")
            #expect(
                try ask(server, "SELECT 1", in: scratch, url: stranger, succeeds: false)
                    .contains("password authentication failed"))

            process.signal(SIGKILL)
            #expect(process.wait(seconds: 10) == .signal(SIGKILL))
            #expect(Files.exists(server.dataDirectory + "/postmaster.pid"))
            process = try server.start()
            #expect(try ask(server, "SELECT v FROM kept", in: scratch) == "[1,2]\n")

            // A server left over from an earlier start is stopped before the next one.
            let old = process
            process = try server.start()
            #expect(old.wait(seconds: 5) == .code(0))
            #expect(process.identity != old.identity)

            try server.stop(process)
            #expect(process.exit == .code(0))
            #expect(!Files.exists(server.dataDirectory + "/postmaster.pid"))
            #expect(try !server.stopLeftover())
        }
    }

    @Test func `a killed server is replaced once its children have ended`() async throws {
        let scratch = Scratch()
        try await onOwnThread { () throws(ClusterError) in
            let server = try server(scratch)
            let first = try server.start()
            let child = try ask(
                server, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'",
                in: scratch)
            let checkpointer = Int32(child.split(separator: "\n").first ?? "") ?? 0
            #expect(checkpointer > 0)
            kill(checkpointer, SIGSTOP)
            defer { kill(checkpointer, SIGCONT) }
            first.signal(SIGKILL)
            #expect(first.wait(seconds: 10) == .signal(SIGKILL))
            let pidFile = Files.read(server.dataDirectory + "/postmaster.pid") ?? ""
            #expect(EmbeddedPostgres.isMemoryAttached(pidFile))

            kill(checkpointer, SIGCONT)
            let second = try server.start()
            #expect(!EmbeddedPostgres.isMemoryAttached(pidFile))
            try server.stop(second)
        }
    }

    @Test func `data of another major version are refused with a clear error`() async throws {
        let scratch = Scratch()
        try await onOwnThread { () throws(ClusterError) in
            let server = try server(scratch)
            try Files.makeDirectory(server.dataDirectory)
            try Files.replace(
                server.dataDirectory + "/PG_VERSION", with: Array("16\n".utf8), mode: 0o644)
            #expect(
                throws: ClusterError.versionMismatch(
                    data: "16", server: "18", path: server.dataDirectory)
            ) { try server.start() }
        }
    }

    @Test func `a stale pid file with the pid of another process is removed`() async throws {
        let scratch = Scratch()
        try await onOwnThread { () throws(ClusterError) in
            let server = try server(scratch)
            try Files.makeDirectory(server.dataDirectory)
            let file = server.dataDirectory + "/postmaster.pid"
            try Files.replace(file, with: Array("\(getpid())\n".utf8))
            #expect(try !server.stopLeftover())
            #expect(!Files.exists(file))
        }
    }

    @Test func `the error names a missing runtime`() {
        #expect(throws: ClusterError.runtimeMissing(path: "/no/runtime/bin/postgres")) {
            try EmbeddedPostgres(
                runtime: "/no/runtime", directory: "/tmp", port: 1, password: "", log: "/dev/null")
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root starts servers as another user"))
    func `a directory that the server's user cannot access is replaced by an accessible one`()
        async throws
    {
        let scratch = Scratch()
        chmod(scratch.path, 0o700)
        try await onOwnThread { () throws(ClusterError) in
            let home = try PostgresHome.choose(
                runtime: Runtime.path + "/postgres", directory: scratch.path + "/postgres")
            #expect(home.directory.hasPrefix("/var/tmp/millrace-0-"))
            #expect(home.user?.canReach(home.directory) == true)
            #expect(home.user?.canReach(home.runtime) == true)
            // The same directory is chosen again. One that another user owns is refused.
            let again = try PostgresHome.choose(
                runtime: Runtime.path + "/postgres", directory: scratch.path + "/postgres")
            #expect(again == home)
            let base = String(home.directory.dropLast("/postgres".count))
            chown(base, 65534, 65534)
            #expect(throws: ClusterError.self) {
                try PostgresHome.choose(
                    runtime: Runtime.path + "/postgres", directory: scratch.path + "/postgres")
            }
            try Files.remove(base)
        }
    }
}
