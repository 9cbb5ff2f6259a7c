import Domain
import FoundationEssentials
import HTTPTypes
import HummingbirdTesting
import Postgres
import Querying
import Serving
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct UploadTests {
    @Test func `an upload is stored, recorded and acknowledged, and its hint is sent`() async throws
    {
        try await TestAPI.lend { api in
            let answer = try await api.upload("Tide tables.", as: "tides.txt")
            #expect(answer.status == 202)
            let job = try answer.text("job_id")
            let document = try answer.text("document_id")
            #expect(try answer.json["duplicate"] == .bool(false))
            #expect(answer.headers[.location] == "/v1/jobs/\(job)")
            #expect(await api.hints.jobs(atLeast: 1).map(\.description) == [job])
            let file = "\(api.blobs)/raw/\(TestAPI.alice)/\(document).txt"
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "Tide tables.")
            let row = try await api.database.texts(
                """
                SELECT concat_ws(' ', filename, mime, bytes_len, stage, state)
                FROM upload_pipeline.documents JOIN upload_pipeline.upload_jobs USING (document_id)
                """)
            #expect(row == ["tides.txt text/plain 12 queued queued"])
            let events = try await api.send(.get, "/v1/jobs/\(job)/events")
            #expect(try events.texts("events", "code") == ["accepted"])
            #expect(
                try events.texts("events", "correlation_id")
                    == [answer.headers[HTTPField.Name("X-Request-Id")!]])
        }
    }

    @Test func `the same bytes of a tenant are one document`() async throws {
        try await TestAPI.lend { api in
            let first = try await api.upload("once")
            let second = try await api.upload("once", as: "b.txt")
            #expect(second.status == 200)
            #expect(try second.json["duplicate"] == .bool(true))
            #expect(try second.text("document_id") == first.text("document_id"))
            #expect(try second.text("job_id") == first.text("job_id"))
            #expect(try api.files().count == 1)
            let other = try await api.upload("once", by: "bob")
            #expect(other.status == 202)
            #expect(try other.text("document_id") != first.text("document_id"))
        }
    }

    @Test func `concurrent uploads of the same bytes create one document`() async throws {
        try await TestAPI.lend { api in
            let answers = try await Self.uploadTogether(
                Array(repeating: ("race", nil), count: 8), to: api)
            #expect(answers.map(\.status).sorted() == [200, 200, 200, 200, 200, 200, 200, 202])
            #expect(try Set(answers.map { try $0.text("document_id") }).count == 1)
            #expect(try api.files().count == 1)
            #expect(await api.hints.jobs(atLeast: 1).count == 1)
        }
    }

    @Test func `concurrent uploads share a transaction, and each has its own response`()
        async throws
    {
        try await TestAPI.lend { api in
            let texts = (0..<6).map { "text \($0)" } + ["twin", "twin"]
            let answers = try await Self.uploadTogether(texts.map { ($0, nil) }, to: api)
            #expect(answers.map(\.status).sorted() == [200] + Array(repeating: 202, count: 7))
            #expect(try Set(answers.map { try $0.text("document_id") }).count == 7)
            #expect(await api.hints.jobs(atLeast: 7).count == 7)
            #expect(try api.files().count == 7)
            let transactions = try await api.database.texts(
                "SELECT DISTINCT xmin::text FROM upload_pipeline.documents")
            #expect(transactions.count < 7)
            let jobs = try await api.database.texts("SELECT code FROM upload_pipeline.events")
            #expect(jobs == Array(repeating: "accepted", count: 7))
        }
    }

    @Test func `known bytes are recognised while another transaction changes the document`()
        async throws
    {
        try await TestAPI.lend { api in
            let first = try await api.upload("once")
            try await api.database.pool.transaction { connection in
                try await connection.executeScript(
                    "UPDATE upload_pipeline.documents SET updated_at = now()")
                let again = try await api.upload("once")
                #expect(again.status == 200)
                #expect(try again.text("document_id") == first.text("document_id"))
            }
        }
    }

    @Test func `a key that is taken refuses only its own upload of a set`()
        async throws
    {
        try await TestAPI.lend { api in
            let uploads: [(String, String?)] =
                (0..<6).map { ("text \($0)", nil) } + [("mine", "k1"), ("other", "k1")]
            let answers = try await Self.uploadTogether(uploads, to: api)
            #expect(answers.map(\.status).sorted() == Array(repeating: 202, count: 7) + [409])
            #expect(answers.compactMap(\.code) == ["idempotency_key_reused"])
            #expect(try api.files().count == 7)
        }
    }

    /// Uploads while the table is locked, so that all of them are pending at the same time.
    private static func uploadTogether(
        _ uploads: [(text: String, key: String?)], to api: TestAPI
    ) async throws -> [Answer] {
        try await withThrowingTaskGroup(of: Answer.self) { group in
            try await api.database.pool.transaction { connection in
                try await connection.executeScript(
                    "LOCK TABLE upload_pipeline.documents IN SHARE MODE")
                for upload in uploads {
                    group.addTask { try await api.uploadAside(upload.text, key: upload.key) }
                }
                while try api.files().count < uploads.count {
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test(arguments: [
        ("UTF-8''na%C3%AFve.md", "naïve.md"), ("UTF-8''na%+fve.md", "x.md"),
        ("UTF-8''na%C3ve.md", "x.md"), ("UTF-8''naive%4", "x.md"),
    ])
    func `a file in a multipart form is accepted with its file name`(
        encoded: String, filename: String
    ) async throws {
        try await TestAPI.lend { api in
            let content = "line\r\n--kut\r\n-- cut\r\n\r\n--cu\r\n"
            let body = """
                preamble\r
                --cut\r
                Content-Disposition: form-data; name="a"\r
                \r
                1\r
                --cut\r
                Content-Disposition: form-data; filename="x.md"; filename*=\(encoded)\r
                Content-Type: text/markdown\r
                \r
                \(content)\r
                --cut--\r

                """
            var headers: HTTPFields = [:]
            headers[.contentType] = "multipart/form-data; boundary=\"cut\""
            let answer = try await api.send(
                .post, "/v1/documents", headers: headers, body: Array(body.utf8))
            #expect(answer.status == 202, "\(String(decoding: answer.body, as: UTF8.self))")
            let document = try await api.send(
                .get, "/v1/documents/\(answer.text("document_id"))")
            #expect(try document.text("filename") == filename)
            let file = try #require(try api.files().first)
            #expect(
                try String(contentsOfFile: "\(api.blobs)/\(file)", encoding: .utf8)
                    == content)
        }
    }

    @Test(arguments: [
        ("/v1/documents?filename=a.txt", "", 422, "empty_document"),
        ("/v1/documents?filename=a.bin", "\u{7F}ELF\u{1}\u{1}\u{1}\u{0}", 415, "unsupported_type"),
        ("/v1/documents?filename=a.txt", String(repeating: "x", count: 3000), 413, "too_large"),
        ("/v1/documents", "text", 400, "filename_missing"),
        ("/v1/documents?filename=%2F%0A", "text", 400, "filename_missing"),
        ("/v1/documents?filename=..", "text", 400, "filename_missing"),
        ("/v1/documents?filename=a/.", "text", 400, "filename_missing"),
        ("/v1/documents?filename=%E2%80%8B%20%EF%BB%BF", "text", 400, "filename_missing"),
    ])
    func `a refused upload stores nothing`(
        path: String, body: String, status: Int, code: String
    ) async throws {
        try await TestAPI.lend(bytesMax: 2000) { api in
            let answer = try await api.send(.post, path, body: Array(body.utf8))
            #expect(answer.status == status)
            #expect(answer.code == code)
            #expect(try api.files() == [])
            #expect(try await api.database.texts("SELECT 1 FROM upload_pipeline.documents") == [])
        }
    }

    @Test(arguments: [
        "--cut\r\nContent-Disposition: form-data; filename=\"a.txt\"\r\n\r\nno end",
        "--cut\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nno file\r\n--cut--\r\n",
        "--cut\r\nno headers end", "",
    ])
    func `an incomplete form is refused and leaves nothing`(body: String) async throws {
        try await TestAPI.lend { api in
            var headers: HTTPFields = [:]
            headers[.contentType] = "multipart/form-data; boundary=cut"
            let answer = try await api.send(
                .post, "/v1/documents", headers: headers, body: Array(body.utf8))
            #expect(answer.status == 400)
            #expect(answer.code == "malformed_multipart")
            #expect(try api.files() == [])
        }
    }

    @Test func `an idempotency key belongs to the bytes with which it was first sent`() async throws
    {
        try await TestAPI.lend { api in
            let key: HTTPFields = [HTTPField.Name("Idempotency-Key")!: "k1"]
            let first = try await api.upload("first", headers: key)
            let again = try await api.upload("first", headers: key)
            #expect((first.status, again.status) == (202, 200))
            #expect(try again.text("job_id") == first.text("job_id"))
            let other = try await api.upload("second", headers: key)
            #expect((other.status, other.code) == (409, "idempotency_key_reused"))
            #expect(try await api.upload("second", by: "bob", headers: key).status == 202)
            // A key that is sent with known bytes is stored as well.
            let later: HTTPFields = [HTTPField.Name("Idempotency-Key")!: "k2"]
            #expect(try await api.upload("first", headers: later).status == 200)
            let reused = try await api.upload("third", headers: later)
            #expect((reused.status, reused.code) == (409, "idempotency_key_reused"))
            // After a deletion the same bytes become a new document under the same key.
            let document = try first.text("document_id")
            #expect(try await api.send(.delete, "/v1/documents/\(document)").status == 204)
            #expect(try await api.upload("first", headers: key).status == 202)
            #expect(try api.files().count == 2)
        }
    }

    @Test func `a filename cannot reverse or break the line that displays it`() async throws {
        try await TestAPI.lend { api in
            // U+202E, U+2066 and U+2028 are removed; the non-joiner U+200C of Persian words stays.
            let answer = try await api.upload(
                "text", as: "a%E2%80%AEgpj.%E2%81%A6%E2%80%A8%D9%85%DB%8C%E2%80%8C%D8%AE.txt")
            let document = try await api.send(
                .get, "/v1/documents/\(answer.text("document_id"))")
            #expect(try document.text("filename") == "agpj.\u{645}\u{6CC}\u{200C}\u{62E}.txt")
        }
    }

    @Test func `below the storage reserve only uploads are refused`()
        async throws
    {
        try await TestAPI.lend(storageReserve: Int.max) { api in
            let document = try await api.seed(["still found"])
            let refused = try await api.upload("text")
            #expect((refused.status, refused.code) == (503, "disk_full"))
            #expect(refused.headers[.retryAfter] == "60")
            #expect(try api.files().isEmpty)
            #expect(
                try await api.search(#"{"query": "found"}"#).texts("results", "document_id")
                    == ["\(document)"])
            guard
                case .number(let free)? = try await api.send(.get, "/v1/pipeline")
                    .json["storage_free_bytes"]
            else {
                Issue.record("no free space")
                return
            }
            #expect(free > 0)
        }
    }

    @Test func `no upload is acknowledged while the database is unavailable`() async throws {
        try await TestAPI.lend(pool: { _ in
            PostgresPool(
                PostgresConfiguration(conninfo: "host=127.0.0.1 port=1 connect_timeout=1"))
        }) { api in
            let answer = try await api.upload("text")
            #expect((answer.status, answer.code) == (503, "database_unavailable"))
            #expect(answer.headers[.retryAfter] != nil)
            #expect(api.hints.jobs.isEmpty)
        }
    }
}
