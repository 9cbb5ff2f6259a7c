import Glibc
import TestSupport
import Testing

@testable import LocalCluster

/// The real command line and the real PostgreSQL, with stand-ins for the other programs.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SupervisorTests {
    /// A cluster directory with stand-ins that answer /readyz and do nothing else.
    private final class Stage: Sendable {
        let scratch = Scratch()
        let layout: ClusterLayout
        let millrace: String

        init(broken: String? = nil) throws {
            layout = ClusterLayout(
                root: scratch.path + "/cluster", runtime: Runtime.path, programs: scratch.path)
            let me = Files.resolved("/proc/self/exe")
            millrace = me[..<(me.lastIndex(of: "/") ?? me.endIndex)] + "/millrace"
            let programs = ["embedded-broker", "ingest-api", "parse-worker", "reconciler"]
            for name in programs where name != broken {
                try scratch.script(name, Self.standIn)
            }
            if let broken { try scratch.script(broken, "echo 'this one is broken'; exit 3") }
        }

        private static let standIn = """
            exec python3 -S -c '
            import os, http.server
            class Answer(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_response(200); self.end_headers()
                def log_message(self, *words): pass
            port = int(os.environ["MILLRACE_ADMIN_PORT"])
            http.server.HTTPServer(("127.0.0.1", port), Answer).serve_forever()
            '
            """

        func run(_ arguments: String...) async throws -> (exit: ProcessExit?, output: String) {
            let log = scratch.path + "/output"
            var variables = [
                "PATH": "/usr/local/bin:/usr/bin:/bin", "MILLRACE_RUNTIME": Runtime.path,
            ]
            variables["LD_LIBRARY_PATH"] = getenv("LD_LIBRARY_PATH").map { String(cString: $0) }
            let specification = ProcessSpecification(
                executable: millrace,
                arguments: arguments + ["--directory", layout.root, "--programs", scratch.path],
                environment: variables, log: log)
            return try await onOwnThread { () throws(ClusterError) in
                try Files.remove(log)
                let exit = try ChildProcess.start(specification).wait(seconds: 60)
                return (exit, Files.read(log) ?? "")
            }
        }

        func up() async throws -> (exit: ProcessExit?, output: String) {
            try await run(
                "up", "--parse-workers", "1", "--chunk-workers", "0", "--embed-workers", "0",
                "--flushers", "0")
        }

        var state: ClusterState? {
            get throws(ClusterError) { try ClusterState.read(layout) }
        }
    }

    private func eventually(_ condition: @escaping @Sendable () -> Bool) async throws -> Bool {
        try await onOwnThread { waitUntil(within: 15, condition) }
    }

    @Test func `up starts all programs, a killed one restarts, down stops all`() async throws {
        let stage = try Stage()
        let up = try await stage.up()
        try #require(up.exit == .code(0), "\(up.output)")
        let state = try #require(try stage.state)
        #expect(state.phase == .ready)
        #expect(
            state.processes.map(\.name) == [
                "postgres", "embedded-broker", "ingest-api", "parse-worker-1", "reconciler",
            ])
        let again = try await stage.up()
        #expect(again.output.contains("is already up"))

        for name in ["parse-worker-1", "postgres"] {
            let victim = try #require(
                try stage.state?.processes.first { $0.name == name }?.identity)
            victim.signal(SIGKILL)
            #expect(
                try await eventually {
                    let process = try? stage.state?.processes.first { $0.name == name }
                    guard let process else { return false }
                    return process.restarts == 1 && process.identity != victim
                        && process.identity.isAlive
                })
        }

        let running = try #require(try stage.state).processes.map(\.identity)
        let down = try await stage.run("down")
        #expect(down.output.contains("Stopped 5 processes"))
        #expect(running.allSatisfy { !$0.isAlive })
        #expect(!state.supervisor.isAlive)
        #expect(!Files.exists(stage.layout.postgres + "/data/postmaster.pid"))
        #expect(try await stage.run("down").output.contains("Nothing was running"))
    }

    @Test func `a killed supervisor leaves no process, and its data are intact`() async throws {
        let stage = try Stage()
        let up = try await stage.up()
        try #require(up.exit == .code(0), "\(up.output)")
        let state = try #require(try stage.state)
        state.supervisor.signal(SIGKILL)
        #expect(try await eventually { state.processes.allSatisfy { !$0.identity.isAlive } })
        #expect(!Files.exists(stage.layout.postgres + "/data/postmaster.pid"))
        let log = Files.read(stage.layout.log(of: "postgres")) ?? ""
        #expect(log.contains("database system is shut down"))

        #expect(try await stage.up().exit == .code(0))
        #expect(try await stage.run("down").exit == .code(0))
    }

    @Test func `a failed start names the program and its log, and leaves nothing running`()
        async throws
    {
        let stage = try Stage(broken: "ingest-api")
        let up = try await stage.up()
        #expect(up.exit == .code(1))
        #expect(up.output.contains("ingest-api exited with code 3"))
        #expect(up.output.contains("this one is broken"))
        #expect(try await eventually { !SupervisorLock.isHeld(stage.layout) })
        #expect(!Files.exists(stage.layout.postgres + "/data/postmaster.pid"))
        #expect(try await stage.run("down").exit == .code(0))
    }
}
