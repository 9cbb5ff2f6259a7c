package import Foundation

/// A third-party S3 server (moto from PyPI) in a separate process.
package actor S3Server {
    private nonisolated let address: S3Bucket.Address
    private let process: Process
    private let questions: FileHandle
    private let answers: FileHandle

    /// Lends a server of its own, with an empty bucket.
    ///
    /// - Parameter checksSignatures: whether moto verifies signatures. Its check wrongly fails for
    ///   queries with encoded characters.
    package static func lend(
        checksSignatures: Bool = false, _ body: (S3Server) async throws -> Void
    ) async throws {
        let server = try S3Server(checksSignatures: checksSignatures)
        do {
            try await body(server)
        } catch {
            await server.end()
            throw error
        }
        await server.end()
    }

    private init(checksSignatures: Bool) throws {
        let (input, output) = (Pipe(), Pipe())
        process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["python3", Runtime.repository + "/Tests/TestSupport/s3_server.py"]
            + (checksSignatures ? ["signed"] : [])
        process.environment = ProcessInfo.processInfo.environment.merging([
            "PYTHONPATH": Runtime.path + "/moto"
        ]) { $1 }
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        questions = input.fileHandleForWriting
        answers = output.fileHandleForReading
        address = try Self.read(from: answers)
    }

    /// A server for all tests of this process; it ends with the process.
    private static let shared = Result { try S3Server(checksSignatures: false) }

    /// An empty bucket on the shared server.
    package static func bucket() async throws -> S3Bucket {
        let server = try shared.get()
        let name = "bucket-\(UUID().uuidString.lowercased())"
        _ = try await server.ask("bucket \(name)")
        var address = server.address
        address.bucket = name
        return S3Bucket(server: server, address: address)
    }

    /// The bucket that exists from the start.
    package nonisolated var bucket: S3Bucket { S3Bucket(server: self, address: address) }

    /// Stops the server; its address no longer answers.
    package func end() {
        try? questions.close()
        process.waitUntilExit()
    }

    fileprivate func ask(_ question: String) throws -> [String] {
        try questions.write(contentsOf: Data((question + "\n").utf8))
        let rows: [[Cell]] = try Self.read(from: answers)
        return rows.map { $0.map(\.text).joined(separator: " ") }
    }

    private struct Cell: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            text = try (try? container.decode(String.self)) ?? "\(container.decode(Int.self))"
        }
    }

    private struct Ended: Error {}

    private static func read<Answer: Decodable>(from handle: FileHandle) throws -> Answer {
        var line = Data()
        while let byte = try handle.read(upToCount: 1), !byte.isEmpty {
            if byte.first == UInt8(ascii: "\n") {
                return try JSONDecoder().decode(Answer.self, from: line)
            }
            line += byte
        }
        // moto may be missing: run scripts/install-dependencies tests.
        throw Ended()
    }
}

/// A bucket, with its contents as boto3 reports them.
package struct S3Bucket: Sendable {
    package struct Address: Decodable, Sendable {
        package let endpoint: String
        package var bucket: String
        package let accessKeyID: String
        package let secretAccessKey: String
    }

    fileprivate let server: S3Server
    package let address: Address

    /// The environment variables that select this bucket.
    package var settings: [String: String] {
        [
            "MILLRACE_BLOBS": "s3", "MILLRACE_S3_ENDPOINT": address.endpoint,
            "MILLRACE_S3_BUCKET": address.bucket, "MILLRACE_S3_PART_MB": "5",
            "MILLRACE_S3_ACCESS_KEY_ID": address.accessKeyID,
            "MILLRACE_S3_SECRET_ACCESS_KEY": address.secretAccessKey,
        ]
    }

    /// Key, length and SHA-256 of all objects.
    package func objects() async throws -> [String] {
        try await server.ask("objects \(address.bucket)")
    }

    /// Key and number of parts of unfinished multipart uploads.
    package func uploads() async throws -> [String] {
        try await server.ask("uploads \(address.bucket)")
    }

    package func put(_ text: String, at key: String) async throws {
        _ = try await server.ask("put \(address.bucket) \(key) \(text)")
    }
}
