import LocalCluster
import FoundationEssentials
import Glibc
import TestCluster

extension TestCluster {
    static let workers = ["parse-worker", "chunk-worker", "embed-worker", "flusher"]

    /// Starts the broker, then the other programs, and waits until all are ready.
    func begin(_ programs: [String], _ settings: [String: String] = [:]) async throws {
        if hasOwnBroker {
            try start("embedded-broker")
            try await waitUntilReady(["embedded-broker"])
        }
        try await add(programs, settings)
    }

    func add(_ programs: [String], _ settings: [String: String] = [:]) async throws {
        for program in programs { try start(program, settings) }
        try await waitUntilReady(programs)
    }

    /// Sends SIGTERM to a program and waits until it has ended.
    func end(_ name: String) async throws {
        signal(name, SIGTERM)
        try await until("\(name) has ended") { exit(of: name) != nil }
        abandon(name)
    }

    /// Starts `mock-services`, which simulates all providers. Returns its address.
    func startProvider(_ faults: String = "", latency: Int = 0) async throws -> String {
        try start(
            "mock-services", as: "provider",
            [
                "MILLRACE_FAULTS": faults, "MILLRACE_LATENCY_MS": "\(latency)",
            ])
        let port = try port("provider http")
        try await until("the provider answers") {
            try await onOwnThread { Probe.status(port: port, path: "/mock/health") } == 200
        }
        return "http://127.0.0.1:\(port)"
    }

    /// Writes a file as the API would.
    func writeBlob(_ text: String, at key: String) throws {
        let path = "\(directory)/blobs/\(key)"
        try FileManager.default.createDirectory(
            atPath: String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]),
            withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    func client(_ api: String = "ingest-api") throws -> Client {
        Client(address: "http://127.0.0.1:\(try port(api + " http"))")
    }
}
