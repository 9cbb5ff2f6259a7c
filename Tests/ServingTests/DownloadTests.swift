import BlobStores
import Domain
import FoundationEssentials
import HTTPTypes
import Pipeline
import Querying
import TestSupport
import Testing

/// Downloads of originals and parsed texts, and what the parser reported.
@Suite(.timeLimit(.minutes(5))) struct DownloadTests {
    /// Records a parsed text, as the parse-worker does.
    private func parse(_ document: String, in api: TestAPI, report: String) async throws {
        let path = BlobPath(
            kind: .parsed, tenant: TestAPI.alice, document: try #require(DocumentID(document)),
            claim: ClaimID(), fileExtension: "md")
        try await LocalBlobStore(root: api.blobs).put(Array("# Ünïcode\n\u{0C}".utf8), at: path)
        try await api.database.script(
            """
            UPDATE upload_pipeline.documents
            SET parsed_path = '\(path)', parsed_sha256 = repeat('a', 64), parse_report = '\(report)'
            """)
    }

    @Test func `a document is downloaded byte for byte under its own name`() async throws {
        try await TestAPI.lend { api in
            let text = String(repeating: "A long text. ", count: 80_000)
            let document = try await api.upload(text, as: "Gr%C3%BC%C3%9Fe%201.txt").text(
                "document_id")
            let answer = try await api.send(.get, "/v1/documents/\(document)/content")
            #expect(answer.status == 200)
            #expect(String(decoding: answer.body, as: UTF8.self) == text)
            #expect(answer.headers[.contentType] == "text/plain")
            #expect(
                answer.headers[HTTPField.Name("Content-Disposition")!]
                    == "attachment; filename*=UTF-8''Gr%C3%BC%C3%9Fe%201.txt")
            #expect(answer.headers[HTTPField.Name("Content-Security-Policy")!] == "sandbox")
        }
    }

    @Test func `the text is not found until the document is parsed`() async throws {
        try await TestAPI.lend { api in
            let document = try await api.upload("text").text("document_id")
            let path = "/v1/documents/\(document)/text"
            let early = try await api.send(.get, path)
            #expect((early.status, early.code) == (404, "document_not_parsed"))
            try await parse(document, in: api, report: #"{"parser":"p/1","warnings":[]}"#)
            let answer = try await api.send(.get, path)
            #expect(answer.status == 200)
            #expect(answer.headers[.contentType] == "text/markdown; charset=utf-8")
            #expect(String(decoding: answer.body, as: UTF8.self) == "# Ünïcode\n\u{0C}")
        }
    }

    @Test(arguments: ["content", "text"])
    func `the files of one tenant do not exist for another`(kind: String) async throws {
        try await TestAPI.lend { api in
            let document = try await api.upload("mine").text("document_id")
            let answer = try await api.send(
                .get, "/v1/documents/\(document)/\(kind)", as: "bob")
            #expect((answer.status, answer.code) == (404, "document_not_found"))
        }
    }

    @Test func `a document shows what its parser reported`() async throws {
        try await TestAPI.lend { api in
            let document = try await api.upload("text").text("document_id")
            let path = "/v1/documents/\(document)"
            #expect(try await api.send(.get, path).json["parse_report"] == nil)
            try await parse(
                document, in: api,
                report: """
                    {"parser":"local/2","pages":3,"pages_read":2,"pages_by_ocr":1,
                     "warnings":[{"code":"page_unreadable","count":1,"page":3}]}
                    """)
            #expect(
                try await api.send(.get, path).json["parse_report"]
                    == .object([
                        "parser": .string("local/2"), "pages": .number(3),
                        "pages_read": .number(2), "pages_by_ocr": .number(1),
                        "warnings": .array([
                            .object([
                                "code": .string("page_unreadable"), "count": .number(1),
                                "page": .number(3),
                            ])
                        ]),
                    ]))
        }
    }
}
