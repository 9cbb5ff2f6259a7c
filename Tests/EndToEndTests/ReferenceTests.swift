import EmbeddedCluster
import FoundationEssentials
import TestSupport
import Testing

@Suite struct ReferenceTests {
    @Test func `the configuration reference says what the programs say`() async throws {
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
            FileManager.default.contents(atPath: Runtime.repository + "/docs/configuration.md"))
        #expect(
            String(decoding: made, as: UTF8.self) == String(decoding: kept, as: UTF8.self),
            "run: scripts/configuration-reference > docs/configuration.md")
    }
}
