import ArgumentParser
import Domain
import FoundationEssentials
import Testing

@testable import CommandLineClient

/// Which API a command calls, and which token it sends there.
@Suite struct APIOptionsTests {
    /// The options of a command in a directory with the record of a cluster at port 4711.
    private func options(
        _ arguments: String..., record: String? = Self.record
    ) throws -> (status: StatusCommand, directory: Directory) {
        let directory = Directory()
        if let record {
            try record.write(
                toFile: directory.path + "/cluster.json", atomically: true, encoding: .utf8)
        }
        let command = try Millrace.parseAsRoot(
            ["status", "--directory", directory.path] + arguments)
        return (try #require(command as? StatusCommand), directory)
    }

    private static let record = """
        {"postgresPort": 1, "postgresPassword": "p", "brokerPort": 2, "httpPort": 4711,
         "adminPorts": {}, "apiToken": "tenant's", "operatorToken": "operator's",
         "size": {"parseWorkers": 1, "chunkWorkers": 1, "embedWorkers": 1, "flushers": 1}}
        """

    @Test func `without an address the API and the tokens are those of this machine's cluster`()
        throws
    {
        let (command, directory) = try options()
        let client = try command.api.operatorClient()
        #expect(client.base == "http://127.0.0.1:4711" && client.token == "operator's")
        #expect(try command.api.client().token == "tenant's")
        withExtendedLifetime(directory) {}
    }

    @Test(arguments: ["http://127.0.0.1:4711", "http://127.0.0.1:4711/"])
    func `the address of this machine's cluster may be given`(url: String) throws {
        let (command, directory) = try options("--api", url)
        #expect(try command.api.operatorClient().token == "operator's")
        #expect(try command.api.client().token == "tenant's")
        withExtendedLifetime(directory) {}
    }

    @Test(arguments: [
        "http://127.0.0.1:4712", "https://127.0.0.1:4711", "http://example.org:4711",
        "http://127.0.0.1:4711.example.org",
    ])
    func `no other API receives the tokens of this machine's cluster`(url: String) throws {
        let (command, directory) = try options("--api", url)
        #expect(try command.api.operatorClient().token == nil)
        #expect(try command.api.client().token == nil)
        #expect(try command.api.client().base == url)
        withExtendedLifetime(directory) {}
    }

    @Test func `a damaged record disturbs only the commands for its cluster`() throws {
        let (other, directory) = try options("--api", "http://example.org", record: "{")
        #expect(try other.api.operatorClient().base == "http://example.org")
        let (own, second) = try options(record: "{")
        #expect(throws: (any Error).self) { try own.api.operatorClient() }
        withExtendedLifetime((directory, second)) {}
    }

    @Test func `operators wait longer than the API's limit of a statement`() throws {
        let (command, directory) = try options()
        #expect(try command.api.operatorClient().timeout > .seconds(120))
        withExtendedLifetime(directory) {}
    }
}

/// A directory that is deleted with this object.
private final class Directory {
    let path = "/tmp/millrace-options-\(UUID().uuidString.prefix(8).lowercased())"

    init() {
        try? FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
