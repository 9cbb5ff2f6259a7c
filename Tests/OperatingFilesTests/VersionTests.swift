import Domain
import Foundation
import LocalCluster
import ProgramFrame
import TestSupport
import Testing

/// The version has one value: in the code, in the changelog and in the API's description.
@Suite(.timeLimit(.minutes(5))) struct VersionTests {
    @Test func `the newest section of the changelog has the version of the programs`() throws {
        let changelog = try text("CHANGELOG.md")
        let sections = changelog.matches(
            of: #/(?m)^## (?:Unreleased|(\d+\.\d+\.\d+) - (\d{4}-\d\d-\d\d))$/#)
        let headings = changelog.matches(of: #/(?m)^##\s/#)
        #expect(sections.count == headings.count, "## Unreleased, or ## VERSION - DATE")
        #expect(sections.first?.output.0 == "## Unreleased")
        let released = sections.compactMap { $0.output.1 }
        #expect(released.first.map(String.init) == MillraceVersion.current)
    }

    @Test func `the API's description has the version of the programs`() throws {
        let version = try text("docs/openapi.yaml").firstMatch(of: /\n  version: "(.*)"\n/)
        #expect(version.map { String($0.output.1) } == MillraceVersion.current)
    }

    @Test(arguments: ProgramName.allCases.map(\.rawValue) + ["mock-services"])
    func `every program prints its version`(program: String) async throws {
        let output = "/tmp/millrace-version-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: output) }
        let exit = try await onOwnThread { () throws(ClusterError) in
            try ChildProcess.start(
                ProcessSpecification(
                    executable: Runtime.program(program), arguments: ["--version"],
                    environment: [:], log: output)
            ).wait(seconds: 60)
        }
        #expect(exit == .code(0))
        let printed = try String(contentsOfFile: output, encoding: .utf8)
        #expect(printed == "\(program) \(MillraceVersion.current)\n")
    }

    private func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(Runtime.repository)/\(path)", encoding: .utf8)
    }
}
