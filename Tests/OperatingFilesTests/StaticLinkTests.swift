import LocalCluster
import FoundationEssentials
import TestSupport
import Testing

/// The image's programs are linked statically to Swift's libraries.
@Suite(.timeLimit(.minutes(5))) struct StaticLinkTests {
    /// Swift locates the arguments through `environ` after constructors have run. A constructor
    /// that sets a variable moves `environ`, and the program starts without arguments.
    @Test func `a statically linked program with our C code finds its arguments`() async throws {
        let build = Runtime.program("millrace").dropLast("/millrace".count)
        // By source, because a build keeps the objects of files that have moved.
        let objects = try [
            "Providers/CLocalModels", "Messaging/CKafkaShim", "Sandbox/CSpawn",
            "Database/CEventLoop",
        ].flatMap { folder in
            let target = folder.split(separator: "/")[1]
            return try FileManager.default.subpathsOfDirectory(
                atPath: "\(Runtime.repository)/Sources/\(folder)"
            )
            .filter { $0.hasSuffix(".c") }.map { "\(build)/\(target).build/\($0).o" }
        }
        #expect(objects.count > 8)
        let folder = "/tmp/millrace-static-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try "print(CommandLine.arguments.dropFirst().joined(separator: \" \"))\n"
            .write(toFile: folder + "/main.swift", atomically: true, encoding: .utf8)
        _ = try await output(
            of: "/usr/bin/env",
            ["swiftc", "-static-stdlib", folder + "/main.swift"] + objects
                + ["-lrdkafka", "-o", folder + "/program"])
        #expect(try await output(of: folder + "/program", ["one", "two"]) == "one two\n")
    }

    private func output(of program: String, _ arguments: [String]) async throws -> String {
        let log = "/tmp/millrace-static-\(UUID().uuidString).log"
        defer { try? FileManager.default.removeItem(atPath: log) }
        let specification = ProcessSpecification(
            executable: program, arguments: arguments,
            environment: ProcessInfo.processInfo.environment, log: log)
        let exit = try await onOwnThread { () throws(ClusterError) in
            try ChildProcess.start(specification).wait(seconds: 120)
        }
        let text = String(
            decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
        try #require(exit == .code(0), "\(text)")
        return text
    }
}
