import Domain
import Operating
import Pipeline
import Synchronization
import Testing

/// Audits of a pipeline, with fakes for the database and the store.
@Suite(.timeLimit(.minutes(5))) struct PipelineAuditTests {
    private static let breach = Breach(
        invariant: .jobsEnd, subject: "a job", detail: "it has waited for years")

    @Test func `a report contains the breaches, and blobs only on request`() async throws {
        let rows = FakeRows { _ in [Self.breach] }
        let audit = PipelineAudit(
            invariants: rows, names: rows, blobs: EmptyStore(), limit: .seconds(60))
        let scope = AuditScope(window: .seconds(60), includesBlobs: false)
        let report = try await audit.run(scope)
        #expect(report == AuditReport(scope: scope, breaches: [Self.breach], blobs: nil))
        #expect(!report.isSound)
        let whole = try await audit.run(AuditScope(window: nil, includesBlobs: true))
        #expect(whole.blobs?.missingCount == 1)
        #expect(rows.windows.withLock { $0 } == [.seconds(60), .seconds(31_557_600_000)])
    }

    @Test func `a missing blob alone makes the report unsound`() async throws {
        let rows = FakeRows { _ in [] }
        let audit = PipelineAudit(
            invariants: rows, names: rows, blobs: EmptyStore(), limit: .seconds(60))
        let small = try await audit.run(AuditScope(window: .seconds(1), includesBlobs: false))
        #expect(small.isSound)
        let large = try await audit.run(AuditScope(window: .seconds(1), includesBlobs: true))
        #expect(!large.isSound)
    }

    @Test func `a second audit is refused while one is in progress`() async throws {
        let (started, starts) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let rows = FakeRows { _ in
            starts.yield()
            for await _ in released { break }
            return []
        }
        let audit = PipelineAudit(
            invariants: rows, names: rows, blobs: EmptyStore(), limit: .seconds(60))
        let scope = AuditScope(window: .seconds(1), includesBlobs: false)
        async let first = audit.run(scope)
        for await _ in started { break }
        await #expect(throws: AuditError.running) { try await audit.run(scope) }
        release.yield()
        #expect(try await first.isSound)
        release.finish()
        #expect(try await audit.run(scope).isSound)
    }

    @Test func `an audit ends at its limit, and the next one can run`() async throws {
        let isSlow = Mutex(true)
        let rows = FakeRows { _ in
            if isSlow.withLock({ $0 }) { try? await Task.sleep(for: .seconds(600)) }
            return []
        }
        let audit = PipelineAudit(
            invariants: rows, names: rows, blobs: EmptyStore(), limit: .milliseconds(20))
        let scope = AuditScope(window: .seconds(1), includesBlobs: false)
        await #expect(throws: AuditError.timeout) { try await audit.run(scope) }
        isSlow.withLock { $0 = false }
        await #expect(throws: Never.self) { try await audit.run(scope) }
    }

    @Test func `a failure of the database is passed on`() async throws {
        let failure = JobFailure.transient(.database(.unavailable), "it is away")
        let rows = FakeRows { _ throws(JobFailure) in throw failure }
        let audit = PipelineAudit(
            invariants: rows, names: rows, blobs: EmptyStore(), limit: .seconds(60))
        await #expect(throws: AuditError.failed(failure)) {
            try await audit.run(AuditScope(window: nil, includesBlobs: false))
        }
    }

    @Test(arguments: ["anna", "a", "Ops-1_b.c", String(repeating: "x", count: 64)])
    func `an operator's name is a word`(name: String) {
        #expect(OperatorName(name)?.description == name)
    }

    @Test(arguments: ["", "a b", "a/b", "ä", "a\n", String(repeating: "x", count: 65)])
    func `anything else is not an operator's name`(name: String) {
        #expect(OperatorName(name) == nil)
    }
}

/// A database in which one document names a blob that the store lacks.
private final class FakeRows: InvariantAudit, BlobNames {
    private static let path = "storage://raw/\(TenantID())/\(DocumentID()).txt"

    let windows = Mutex<[Duration]>([])
    private let breaches: @Sendable (Duration) async throws(JobFailure) -> [Breach]

    init(_ breaches: @escaping @Sendable (Duration) async throws(JobFailure) -> [Breach]) {
        self.breaches = breaches
    }

    func audit(of window: Duration) async throws(JobFailure) -> [Breach] {
        windows.withLock { $0.append(window) }
        return try await breaches(window)
    }

    func eachNamedBlob(
        _ body: ([String]) async throws(JobFailure) -> Void
    ) async throws(JobFailure) {
        try await body([Self.path])
    }

    func referenced(_ blobs: [BlobPath]) async throws(JobFailure) -> Set<BlobPath> { Set(blobs) }
}

/// A store without blobs.
struct EmptyStore: BlobStore {
    private static let readOnly = JobFailure.permanent(
        .storage(.blobUnavailable), "the store is read-only")

    func writer(for path: BlobPath) async throws(JobFailure) -> any BlobWriter {
        throw Self.readOnly
    }
    func put(_ bytes: [UInt8], at path: BlobPath) async throws(JobFailure) { throw Self.readOnly }
    func read(_ path: BlobPath, bytesMax: Int) async throws(JobFailure) -> [UInt8] {
        throw Self.readOnly
    }
    func withLocalFile<R: Sendable>(
        _ path: BlobPath, _ body: (String) async throws(JobFailure) -> R
    ) async throws(JobFailure) -> R { throw Self.readOnly }
    func delete(_ path: BlobPath) async throws(JobFailure) {}
    func list(
        olderThan age: Duration?, after cursor: String?, limit: Int
    ) async throws(JobFailure) -> [BlobPath] { [] }
    func uploadPermit(
        for path: BlobPath, byteCount: Int, lifetime: Duration
    ) throws(JobFailure) -> UploadPermit? { nil }
    func freeBytes() async throws(JobFailure) -> Int? { nil }
}
