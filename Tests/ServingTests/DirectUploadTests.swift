import AsyncHTTPClient
import BlobStores
import Domain
import FoundationEssentials
import HTTPTypes
import NIOCore
import NIOHTTP1
import Pipeline
import ProviderHTTP
import Querying
import Serving
import TestSupport
import Testing

/// Uploads that bypass the API and go to the bucket of a third-party S3 server.
@Suite(.timeLimit(.minutes(5))) struct DirectUploadTests {
    private func lend(
        bytesMax: Int = 1 << 20, _ body: @Sendable (TestAPI, S3Bucket) async throws -> Void
    ) async throws {
        let bucket = try await S3Server.bucket()
        let address = bucket.address
        let store = S3BlobStore(
            S3Configuration(
                endpoint: address.endpoint, bucket: address.bucket, region: "us-east-1",
                credentials: S3Credentials(
                    accessKeyID: address.accessKeyID,
                    secretAccessKey: APIKey(address.secretAccessKey)), scratch: "/tmp"))
        try await TestAPI.lend(bytesMax: bytesMax, store: store) { api in
            try await body(api, bucket)
        }
    }

    private func permit(_ json: String, _ api: TestAPI) async throws -> Answer {
        try await api.send(.post, "/v1/uploads", body: Array(json.utf8))
    }

    private func complete(_ document: String, _ api: TestAPI, as token: String = "alice")
        async throws -> Answer
    {
        try await api.send(
            .post, "/v1/uploads/\(document)", as: token, body: Array(#"{"filename": "a.txt"}"#.utf8)
        )
    }

    /// Sends the bytes as the permit describes, without any knowledge of S3; returns the status.
    private func send(_ text: String, _ permit: Answer) async throws -> Int {
        var request = HTTPClientRequest(url: try permit.text("url"))
        request.method = HTTPMethod(rawValue: try permit.text("method"))
        guard case .object(let headers) = try permit.json["headers"] else { return 0 }
        for case (let name, .string(let value)) in headers {
            request.headers.add(name: name, value: value)
        }
        request.body = .bytes(ByteBuffer(string: text))
        return try await ProviderClient.shared.exchange(
            request, timeout: .seconds(10), bytesMax: 1 << 16
        ).status
    }

    @Test func `a direct upload becomes a document like any other`() async throws {
        try await lend { api, bucket in
            let permit = try await permit(#"{"filename": "a.txt", "bytes": 12}"#, api)
            #expect(permit.status == 201)
            let document = try permit.text("document_id")
            #expect(try await complete(document, api).status == 404)
            #expect(try await send("Tide tables.", permit) == 200)
            #expect(try await complete(document, api, as: "bob").status == 404)
            let accepted = try await complete(document, api)
            #expect(accepted.status == 202)
            #expect(try accepted.text("document_id") == document)
            let job = try accepted.text("job_id")
            #expect(await api.hints.jobs(atLeast: 1).map(\.description) == [job])
            // Completing again returns the same job. The uploaded bytes cannot be overwritten.
            let again = try await complete(document, api)
            #expect(again.status == 200)
            #expect(try again.text("job_id") == job)
            #expect(try await send("Other words.", permit) == 412)
            let row = try await api.database.texts(
                "SELECT concat_ws(' ', filename, mime, bytes_len) FROM upload_pipeline.documents")
            #expect(row == ["a.txt text/plain 12"])
            #expect(try await bucket.objects().count == 1)
        }
    }

    @Test func `a direct upload of known bytes returns the earlier document`() async throws {
        try await lend { api, bucket in
            let first = try await api.upload("Tide tables.")
            let permit = try await permit(#"{"filename": "b.txt", "bytes": 12}"#, api)
            #expect(try await send("Tide tables.", permit) == 200)
            let known = try await api.send(
                .post, "/v1/uploads/\(permit.text("document_id"))",
                body: Array(#"{"filename": "b.txt"}"#.utf8))
            #expect(known.status == 200)
            #expect(try known.text("document_id") == first.text("document_id"))
        }
    }

    @Test(arguments: [
        (#"{"filename": "a.txt", "bytes": 0}"#, 422, "empty_document"),
        (#"{"filename": "a.txt", "bytes": 101}"#, 413, "too_large"),
        (#"{"filename": " ", "bytes": 1}"#, 400, "filename_missing"),
        (#"{"filename": "a.txt"}"#, 400, "malformed_json"),
    ])
    func `an upload that would be refused gets no permit`(json: String, status: Int, code: String)
        async throws
    {
        try await lend(bytesMax: 100) { api, _ in
            let answer = try await permit(json, api)
            #expect(answer.status == status)
            #expect(try answer.text("code") == code)
        }
    }

    @Test
    func
        `a direct upload of an unsupported type is refused, and its bytes stay`()
        async throws
    {
        try await lend { api, bucket in
            let permit = try await permit(#"{"filename": "a.txt", "bytes": 8}"#, api)
            #expect(try await send("\u{7F}ELF\u{2}\u{1}\u{1}\u{0}", permit) == 200)
            let refused = try await complete(try permit.text("document_id"), api)
            #expect(refused.status == 415)
            #expect(try await bucket.objects().count == 1)
        }
    }

    @Test func `an expired direct upload cannot be completed`()
        async throws
    {
        try await lend { api, _ in
            // A version 7 UUID from 2023.
            let answer = try await complete("018a0f8e-7b3c-7000-8000-000000000000", api)
            #expect(answer.status == 410)
            #expect(try answer.text("code") == "upload_expired")
        }
    }

    @Test func `a folder as storage refuses direct uploads`() async throws {
        try await TestAPI.lend { api in
            let answer = try await permit(#"{"filename": "a.txt", "bytes": 1}"#, api)
            #expect(answer.status == 501)
            #expect(try answer.text("code") == "direct_upload_unavailable")
        }
    }
}
