import ArgumentParser
import Domain
import JobStorePostgres
import Testing

@testable import CommandLineClient

@Suite struct ArgumentTests {
    @Test func `up accepts worker counts and refuses invalid numbers`() throws {
        let command = try #require(
            try Millrace.parseAsRoot(["up", "--parse-workers", "3", "--flushers", "2"]) as? Up)
        #expect((command.parseWorkers, command.chunkWorkers, command.flushers) == (3, nil, 2))
        #expect(command.embedWorkers == nil, "as at the last start")
        for wrong in [["--embed-workers", "65"], ["--http-port", "0"], ["--http-port", "65536"]] {
            #expect(throws: (any Error).self) { try Millrace.parseAsRoot(["up"] + wrong) }
        }
    }

    @Test func `topics refuses invalid partition, replication and timeout values`() throws {
        let command = try #require(try Millrace.parseAsRoot(["topics"]) as? TopicsCommand)
        #expect(command.partitions == 16)
        for wrong in [["--partitions", "0"], ["--replication-factor", "0"], ["--timeout", "0"]] {
            #expect(throws: (any Error).self) { try Millrace.parseAsRoot(["topics"] + wrong) }
        }
    }

    @Test func `a redrive requires either all jobs or a valid filter`() throws {
        #expect(throws: (any Error).self) {
            try Millrace.parseAsRoot(["deadletter", "redrive"])
        }
        #expect(throws: (any Error).self) {
            try Millrace.parseAsRoot(["deadletter", "redrive", "--all", "--code", "x"])
        }
        #expect(throws: (any Error).self) {
            try Millrace.parseAsRoot(["deadletter", "redrive", "--stage", "nonsense"])
        }
        let command = try #require(
            try Millrace.parseAsRoot(["deadletter", "redrive", "--stage", "embedding"])
                as? DeadLetterRedrive)
        #expect(command.selection.options.filter.stage == .embedding)
    }

    @Test func `a query of several words needs no quotes`() throws {
        let command = try #require(
            try Millrace.parseAsRoot(["search", "who", "wins", "-k", "3", "--mode", "text"])
                as? Search)
        #expect(command.query == ["who", "wins"])
        #expect(command.k == 3)
        #expect(command.mode == .text)
    }

    @Test func `files have types`() {
        #expect(MediaTypes.type(of: "A.PDF") == "application/pdf")
        #expect(MediaTypes.type(of: "unknown") == "application/octet-stream")
    }

    @Test(arguments: [
        (200, "ready\n", "ready"), (200, "degraded\nkafka: no broker\n", "degraded: kafka"),
        (503, "not ready\npostgres: gone: yes\nkafka: x\n", "not ready: postgres, kafka"),
        (503, "", "not ready"), (200, "", "ready"),
    ])
    func `status names the dependencies that fail`(status: Int, body: String, text: String) {
        #expect(Status.health((status, body)) == text)
    }

    @Test func `events requires a valid job id`() throws {
        #expect(throws: (any Error).self) { try Millrace.parseAsRoot(["events", "nonsense"]) }
        let id = "01890000-0000-7000-8000-000000000000"
        #expect(try Millrace.parseAsRoot(["events", id]) is Events)
    }
}
