import FoundationEssentials
import TestCluster
import TestSupport
import Testing

@testable import crash_matrix

/// A slice of `make crash-matrix`.
@Suite(.timeLimit(.minutes(5))) struct CrashMatrixTests {
    private static func matrix(storage: [String: String] = [:]) throws -> Matrix {
        let programs = String(Runtime.program("millrace").dropLast("/millrace".count))
        return Matrix(
            site: TestCluster.Site(
                programs: programs, runtime: Runtime.path,
                kafkaBrokers: ProcessInfo.processInfo.environment["KAFKA_BOOTSTRAP_SERVERS"],
                storage: storage),
            server: try TestDatabase.serverURL(),
            directory: "/tmp/crash-matrix-\(UUID().uuidString.prefix(8).lowercased())")
    }

    @Test func `every step of a flush is a fail point`() async throws {
        let points = try await Self.matrix().points(of: "flusher", in: .document)
        // Polls and heartbeats are timed, and the search index is maintained next to the work: they
        // can occur between any two steps.
        let byTheClock = [
            "claimWaiting", "heartbeat", "nextTenant", "lockCells", "unsketchedChunks",
            "oversizedCells", "unassignedSpace", "nextCountedTenant", "countWords",
        ]
        #expect(
            points.filter { point in !byTheClock.contains { point.hasSuffix($0) } } == [
                "before claim", "after claim", "before acknowledge",
                "after acknowledge", "before flush", "after flush", "before commit",
                "after commit",
            ])
    }

    @Test(arguments: [
        Cell(scenario: .document, target: "ingest-api", point: "after accept", fault: .kill),
        Cell(
            scenario: .unhinted, target: "parse-worker", point: "before completeParsing",
            fault: .stop),
        Cell(scenario: .unhinted, target: "flusher", point: "after flush", fault: .stop),
        Cell(scenario: .drift, target: "reconciler", point: "after expireClaims", fault: .kill),
        Cell(scenario: .drift, target: "reconciler", point: "after endDeadClaims", fault: .kill),
        Cell(scenario: .long, target: "flusher", point: "after flush", fault: .stop),
        Cell(scenario: .long, target: "flusher", point: "after flush", fault: .kill),
        Cell(scenario: .document, target: "flusher", point: "after countWords", fault: .kill),
        Cell(scenario: .document, target: "flusher", point: "after countWords", fault: .stop),
    ])
    func `a process that fails at a step loses and duplicates nothing`(cell: Cell) async throws {
        let outcome = try await Self.matrix().run(cell)
        #expect(outcome.recovery != nil, "\(outcome.text)")
    }

    @Test(arguments: [
        Cell(scenario: .document, target: "ingest-api", point: "before s3 put", fault: .kill),
        Cell(scenario: .document, target: "ingest-api", point: "after s3 put", fault: .stop),
        Cell(scenario: .document, target: "parse-worker", point: "before s3 put", fault: .stop),
        Cell(scenario: .document, target: "parse-worker", point: "after s3 put", fault: .kill),
        Cell(scenario: .large, target: "ingest-api", point: "after s3 upload begun", fault: .kill),
        Cell(scenario: .large, target: "ingest-api", point: "after s3 part", fault: .kill),
        Cell(scenario: .large, target: "ingest-api", point: "before s3 complete", fault: .kill),
        Cell(scenario: .large, target: "ingest-api", point: "after s3 complete", fault: .kill),
    ])
    func `a process that fails at its storage loses and duplicates nothing`(
        cell: Cell
    ) async throws {
        let bucket = try await S3Server.bucket()
        let outcome = try await Self.matrix(storage: bucket.settings).run(cell)
        #expect(outcome.recovery != nil, "\(outcome.text)")
    }
}
