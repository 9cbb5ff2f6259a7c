import BlobStores
import Domain
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Pipeline
import Synchronization
import Testing

/// A mock storage that answers with the errors that S3 can return.
@Suite(.timeLimit(.minutes(5))) struct UnreliableBucketTests {
    private struct Line: Sendable {
        var status: Int
        var body = ""
        var tag: String?
    }

    /// Answers the requests of each kind (`PUT`, `POST uploads`, …) with its lines in turn, then
    /// repeats the last one.
    private final class Script: Sendable {
        private struct State {
            var lines: [String: [Line]]
            var requests: [String] = []
        }
        private let state: Mutex<State>

        init(_ lines: [String: [Line]]) { state = Mutex(State(lines: lines)) }

        var requests: [String] { state.withLock { $0.requests } }

        func answer(_ request: Request) -> Response {
            let names = request.uri.queryParameters.map { String($0.key) }.sorted()
            let kind = ([request.method.rawValue] + names).joined(separator: " ")
            let line = state.withLock { state in
                state.requests.append(kind)
                let lines = state.lines[kind] ?? [Line(status: 501)]
                if lines.count > 1 { state.lines[kind] = Array(lines.dropFirst()) }
                return lines[0]
            }
            var headers: HTTPFields = [:]
            headers[.eTag] = line.tag
            let body = ResponseBody(byteBuffer: ByteBuffer(string: line.body))
            return Response(status: .init(code: line.status), headers: headers, body: body)
        }
    }

    private func play(
        _ lines: [String: [Line]], _ body: @Sendable @escaping (Bucket) async throws -> Void
    ) async throws -> [String] {
        let script = Script(lines)
        let router = Router()
        for method in [HTTPRequest.Method.get, .put, .post, .delete, .head] {
            for path: RouterPath in ["/documents", "/documents/**"] {
                router.on(path, method: method) { request, _ in
                    _ = try? await request.body.collect(upTo: 1 << 24)
                    return script.answer(request)
                }
            }
        }
        let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await Application(router: router, logger: silent).test(.live) { client in
            try await Bucket.withTemporary("http://127.0.0.1:\(try #require(client.port))") {
                bucket in
                try await body(bucket)
                #expect(try bucket.leavings == [])
            }
        }
        return script.requests
    }

    private func path() -> BlobPath {
        BlobPath(kind: .raw, tenant: TenantID(), document: DocumentID(), fileExtension: "pdf")
    }

    private static let slow = Line(
        status: 503, body: "<Error><Code>SlowDown</Code><Message>m</Message></Error>")
    private static let begun = Line(
        status: 200,
        body: "<InitiateMultipartUploadResult><UploadId>u1</UploadId>"
            + "</InitiateMultipartUploadResult>")
    private static let tagged = Line(status: 200, tag: "\"t\"")
    private static let completed = Line(
        status: 200,
        body: "<CompleteMultipartUploadResult><ETag>x</ETag>"
            + "</CompleteMultipartUploadResult>")
    private static let long = [UInt8](repeating: 7, count: 6 << 20)

    @Test func `a request that the storage asks to repeat is repeated`() async throws {
        let requests = try await play(["PUT": [Self.slow, Self.slow, Self.tagged]]) { bucket in
            try await bucket.store.put([1], at: path())
        }
        #expect(requests == ["PUT", "PUT", "PUT"])
    }

    @Test func `a 404 from a proxy does not mean a missing document`() async throws {
        let gateway = Line(status: 404, body: "<html>404 page not found</html>")
        _ = try await play(["GET": [gateway], "PUT": [gateway], "DELETE": [gateway]]) { bucket in
            for failure in [
                await #expect(throws: JobFailure.self) {
                    _ = try await bucket.store.read(path(), bytesMax: 9)
                },
                await #expect(throws: JobFailure.self) {
                    try await bucket.store.put([1], at: path())
                },
                await #expect(throws: JobFailure.self) {
                    try await bucket.store.delete(path())
                },
            ] {
                #expect(failure?.code == .storage(.blobUnreadable))
                #expect(failure?.class == .unavailable(for: .seconds(60)))
            }
        }
    }

    @Test func `a request that is always refused is repeated a limited number of times`()
        async throws
    {
        let requests = try await play(["PUT": [Self.slow], "GET": [Self.slow]]) { bucket in
            for failure in [
                await #expect(throws: JobFailure.self) {
                    try await bucket.store.put([1], at: path())
                },
                await #expect(throws: JobFailure.self) {
                    _ = try await bucket.store.read(path(), bytesMax: 9)
                },
            ] {
                #expect(failure?.class == .transient())
                #expect(failure?.message == "the object storage returned 503 SlowDown")
            }
        }
        #expect(requests == ["PUT", "PUT", "PUT", "PUT", "GET", "GET", "GET", "GET"])
    }

    @Test func `a completed upload is found when its response was lost`() async throws {
        let gone = Line(status: 404, body: "<Error><Code>NoSuchUpload</Code></Error>")
        let requests = try await play([
            "POST uploads": [Self.begun], "PUT partNumber uploadId": [Self.tagged],
            "POST uploadId": [Self.slow, gone], "HEAD": [Line(status: 200)],
        ]) { bucket in
            try await bucket.store.put(Self.long, at: path())
        }
        #expect(
            requests == [
                "POST uploads", "PUT partNumber uploadId", "PUT partNumber uploadId",
                "POST uploadId", "POST uploadId", "HEAD",
            ])
    }

    @Test(arguments: [
        "<Error><Code>InternalError</Code><Message>m</Message></Error>",
        "   \n\n<Error><Code>InternalError</Code></Error>", "", "<CompleteMultipartUploadRes",
        "<html>200</html>",
    ])
    func `an incomplete success response is a failure, and the upload is aborted`(
        body: String
    ) async throws {
        let late = Line(status: 200, body: body)
        let requests = try await play([
            "POST uploads": [Self.begun], "PUT partNumber uploadId": [Self.tagged],
            "POST uploadId": [late], "DELETE uploadId": [Line(status: 204)],
        ]) { bucket in
            let failure = await #expect(throws: JobFailure.self) {
                try await bucket.store.put(Self.long, at: path())
            }
            #expect(failure?.code == .storage(.blobUnavailable))
        }
        #expect(requests.last == "DELETE uploadId")
    }

    @Test func `old incomplete uploads are aborted, recent ones are not`() async throws {
        let tenant = TenantID()
        let document = DocumentID()
        func upload(_ key: String, _ id: String, _ time: String) -> String {
            "<Upload><Key>\(key)</Key><UploadId>\(id)</UploadId><Initiated>\(time)</Initiated>"
                + "</Upload>"
        }
        let uploads =
            "<ListMultipartUploadsResult>"
            + upload("raw/\(tenant)/\(document).pdf", "old", "2020-01-01T00:00:00.000Z")
            + upload("raw/\(tenant)/\(document).pdf", "young", "2999-01-01T00:00:00.000Z")
            + upload("of/others", "foreign", "2020-01-01T00:00:00Z")
            + "</ListMultipartUploadsResult>"
        let nothing = Line(
            status: 200,
            body: "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>")
        let requests = try await play([
            "GET prefix uploads": [Line(status: 200, body: uploads)],
            "DELETE uploadId": [Line(status: 204)], "GET list-type prefix": [nothing],
        ]) { bucket in
            let found = try await bucket.store.list(
                olderThan: .seconds(3600), after: nil, limit: 10)
            #expect(found == [])
        }
        #expect(
            requests == [
                "GET prefix uploads", "DELETE uploadId", "GET list-type prefix",
                "GET prefix uploads", "DELETE uploadId", "GET list-type prefix",
            ])
    }
}
