import Crypto
import Domain
import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JobStorePostgres
import LlamaParse
import Logging
import MockServices
import Pipeline
import ProviderHTTP
import Querying
import Serving
import TestSupport
import Testing

/// Events that a parsing service sends to the API's webhook.
@Suite(.timeLimit(.minutes(5))) struct ParseEventTests {
    private static let path = "/v1/webhooks/llamaparse"

    private static func signature(_ body: String, _ secret: String = "secret") -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(body.utf8), using: SymmetricKey(data: Array(secret.utf8)))
        return "sha256=\(code.hexadecimal)"
    }

    private static func event(
        _ name: String = "parse.success", at time: Int = Int(Date().timeIntervalSince1970)
    ) -> String {
        #"{"event_id": "evt_1", "event_type": "\#(name)", "timestamp": \#(time), "#
            + #""data": {"job_id": "pjb-1", "status": "SUCCESS"}}"#
    }

    private func post(
        _ api: TestAPI, _ body: String, signed signature: String
    ) async throws -> Answer {
        let headers: HTTPFields = [HTTPField.Name("LC-Signature")!: signature]
        return try await api.send(
            .post, Self.path, as: nil, headers: headers, body: Array(body.utf8))
    }

    @Test func `an event is recorded once, however often it is sent`() async throws {
        try await TestAPI.lend(webhooks: [LlamaParseWebhook(secret: APIKey("secret"))]) { api in
            let store = PostgresJobStore(pool: api.database.pool)
            #expect(try await !store.hasEnded("pjb-1"))
            let event = Self.event()
            for isTaken in [true, false] {
                let answer = try await post(api, event, signed: Self.signature(event))
                #expect(answer.status == 200)
                #expect(try answer.json["taken"] == .bool(isTaken))
            }
            #expect(try await store.hasEnded("pjb-1"))
            #expect(try await !store.hasEnded("pjb-2"))
        }
    }

    @Test(arguments: ["parse.pending", "parse.running", "extract.success"])
    func `an event that does not end a parse is not recorded`(name: String) async throws {
        try await TestAPI.lend(webhooks: [LlamaParseWebhook(secret: APIKey("secret"))]) { api in
            let event = Self.event(name)
            let answer = try await post(api, event, signed: Self.signature(event))
            #expect(try answer.json["taken"] == .bool(false))
        }
    }

    @Test func `an event without a valid signature is refused`() async throws {
        try await TestAPI.lend(webhooks: [LlamaParseWebhook(secret: APIKey("secret"))]) { api in
            let event = Self.event()
            for signature in [
                "", "sha256=", "sha256=00", Self.signature(event, "other"),
                Self.signature(event + " "), String(Self.signature(event).dropFirst(7)),
            ] {
                let answer = try await post(api, event, signed: signature)
                #expect((answer.status, answer.code) == (401, "signature_invalid"))
            }
            let rows = try await api.database.texts("SELECT 1 FROM upload_pipeline.parse_events")
            #expect(rows == [])
        }
    }

    @Test func `an old event and an invalid event are refused`() async throws {
        try await TestAPI.lend(webhooks: [LlamaParseWebhook(secret: APIKey("secret"))]) { api in
            let old = Self.event(at: Int(Date().timeIntervalSince1970) - 90_000)
            let answer = try await post(api, old, signed: Self.signature(old))
            #expect((answer.status, answer.code) == (400, "event_too_old"))
            let nothing = #"{"event_id": "evt_2"}"#
            let refused = try await post(api, nothing, signed: Self.signature(nothing))
            #expect((refused.status, refused.code) == (400, "malformed_json"))
        }
    }

    @Test func `without a secret every event is refused`() async throws {
        try await TestAPI.lend(webhooks: [LlamaParseWebhook(secret: nil)]) { api in
            let event = Self.event()
            let answer = try await post(api, event, signed: Self.signature(event, ""))
            #expect((answer.status, answer.code) == (404, "webhook_not_configured"))
            // The refusal does not wait for the body.
            let early = try await api.connect().talk(
                "POST \(Self.path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n")
            #expect(early.contains("webhook_not_configured"), "\(early)")
        }
    }

    @Test func `a waiting parser polls at once when an event arrives`()
        async throws
    {
        try await TestAPI.lend(webhooks: [LlamaParseWebhook(secret: APIKey("secret"))]) { api in
            let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let mock = MockServices(state: MockState())
            try await Application(router: mock.router, logger: silent).test(.live) { service in
                let url = "http://127.0.0.1:\(try #require(api.client.port))\(Self.path)"
                let parser = LlamaParser(
                    LlamaParseConfiguration(
                        baseURL: "http://127.0.0.1:\(try #require(service.port))", key: nil,
                        webhook: .init(url: url, secret: APIKey("secret")),
                        deadline: .seconds(7200), firstPoll: .seconds(3600)),
                    ledger: NoLedger(), budget: nil,
                    webhooks: PostgresJobStore(pool: api.database.pool), logger: silent)
                let path = "/tmp/millrace-webhook-\(UUID().uuidString)"
                defer { try? FileManager.default.removeItem(atPath: path) }
                try Data("# One".utf8).write(to: URL(filePath: path))
                let parsed = try await parser.parse(
                    SourceDocument(
                        path: path, mime: "text/plain", filename: "a.txt", byteCount: 5,
                        subject: CallSubject(tenant: TenantID(), document: DocumentID()),
                        progress: Progress(), tickets: NoTickets()))
                #expect(parsed.markdown == "# One\n\u{0C}")
            }
        }
    }
}
