import LocalCluster
import FoundationEssentials
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ReferenceTests {
    @Test(arguments: [
        (["--heartbeat-interval", "60s"], "--heartbeat-interval must be at most half of --lease"),
        (["--stage-deadline", "80s"], "--lease must be at most --stage-deadline"),
    ])
    func `inconsistent time settings are refused at startup`(
        arguments: [String], complaint: String
    ) async throws {
        let output = "/tmp/millrace-refusal-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: output) }
        let exit = try await onOwnThread { () throws(ClusterError) in
            try ChildProcess.start(
                ProcessSpecification(
                    executable: Runtime.program("flusher"),
                    arguments: arguments + [
                        "--postgres-url", "postgres://nobody@127.0.0.1:1/none",
                        "--kafka-brokers", "127.0.0.1:1",
                    ], environment: [:], log: output)
            ).wait(seconds: 60)
        }
        #expect(exit == .code(64))
        let said = try #require(FileManager.default.contents(atPath: output))
        #expect(String(decoding: said, as: UTF8.self).contains(complaint))
    }

    @Test func `an executable with an unknown name exits with a usage error`() async throws {
        let name = "/tmp/millrace-nobody-\(UUID().uuidString)"
        try FileManager.default.createSymbolicLink(
            atPath: name, withDestinationPath: Runtime.program("flusher"))
        defer { try? FileManager.default.removeItem(atPath: name) }
        let exit = try await onOwnThread { () throws(ClusterError) in
            try ChildProcess.start(ProcessSpecification(executable: name, environment: [:]))
                .wait(seconds: 60)
        }
        #expect(exit == .code(64))
    }

    @Test func `the configuration reference contains what the programs report`() async throws {
        let output = "/tmp/millrace-reference-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: output) }
        let programs = String(Runtime.program("millrace").dropLast("/millrace".count))
        let exit = try await onOwnThread { () throws(ClusterError) in
            try ChildProcess.start(
                ProcessSpecification(
                    executable: Runtime.repository + "/scripts/configuration-reference",
                    arguments: [programs], environment: ["PATH": "/usr/bin:/bin"], log: output)
            ).wait(seconds: 60)
        }
        #expect(exit == .code(0))
        let made = try #require(FileManager.default.contents(atPath: output))
        let kept = try #require(
            FileManager.default.contents(
                atPath: Runtime.repository + "/docs/reference/configuration.md"))
        #expect(
            String(decoding: made, as: UTF8.self) == String(decoding: kept, as: UTF8.self),
            "run: scripts/configuration-reference > docs/reference/configuration.md")
    }
}
