import Domain
import Foundation
import LocalCluster
import Migrations
import TestSupport
import Testing

/// The lists of programs that cannot use `ProgramName` have the same programs.
@Suite struct ProgramListTests {
    /// A list in a file: the words between two pieces of text.
    struct List: Sendable, CustomTestStringConvertible {
        let file: String
        let start: String
        let end: String
        let programs: [ProgramName]
        /// Names in the list that are not programs of `ProgramName`.
        var others: [String] = []

        var testDescription: String { file }
    }

    private static let linked = ProgramName.allCases.filter { $0 != .millrace }
    private static let lists = [
        List(
            file: "scripts/link-programs", start: "for program in ", end: "; do",
            programs: linked),
        List(
            file: "scripts/configuration-reference", start: "PROGRAMS = [", end: "]",
            programs: linked, others: ["mock-services"]),
        List(
            file: "ops/docker/Dockerfile", start: "for program in ", end: "; do",
            programs: linked),
        List(
            file: "ops/prometheus/prometheus.yml", start: "names: [", end: "]",
            programs: ProgramName.pipeline),
        List(
            file: "Tests/OperatingFilesTests/check_compose.py", start: "PROGRAMS = [", end: "]",
            programs: ProgramName.pipeline),
    ]

    @Test(arguments: lists)
    func `a list of programs in a file is complete`(list: List) throws {
        let text = try Self.read(list.file)
        let start = try #require(text.firstRange(of: list.start)).upperBound
        let end = try #require(text[start...].firstRange(of: list.end)).lowerBound
        let names = text[start..<end].split { !$0.isLetter && $0 != "-" }.map(String.init)
        #expect(names.sorted() == (list.programs.map(\.rawValue) + list.others).sorted())
    }

    /// `check_compose.py` checks the services themselves.
    @Test func `the compose file runs every program of the pipeline`() throws {
        let text = try Self.read("docker-compose.yml")
        for program in ProgramName.pipeline {
            #expect(text.contains("\n  \(program.rawValue):\n"), "\(program)")
            #expect(text.contains("\n    command: [\(program.rawValue)]\n"), "\(program)")
        }
    }

    @Test func `every program of the pipeline has a database role and a login`() throws {
        let names = ProgramName.pipeline.map(\.rawValue) + ["operator"]
        #expect(ProgramRole.allCases.map(\.rawValue) == names)
        #expect(DatabaseUser.allCases.filter { $0 != .owner }.map(\.rawValue) == names)
        let roles = try Self.read("Migrations/0006_roles.sql")
        let start = try #require(roles.firstRange(of: "FOREACH program IN ARRAY ARRAY[")).upperBound
        let end = try #require(roles[start...].firstRange(of: "]")).lowerBound
        let made = roles[start..<end].split { !$0.isLetter && $0 != "_" }.map(String.init)
        #expect(made == names.map { $0.replacing("-", with: "_") })
    }

    private static func read(_ file: String) throws -> String {
        try String(contentsOfFile: "\(Runtime.repository)/\(file)", encoding: .utf8)
    }
}
