import Crypto
import Domain
import FoundationEssentials
import LlamaParse
import Pipeline
import ProviderHTTP
import Testing

/// The verification of LlamaParse's events, without a server.
@Suite struct WebhookTests {
    private static let now = Date(timeIntervalSince1970: 1_790_000_000)
    private let webhook = LlamaParseWebhook(secret: APIKey("secret"))

    private func event(
        _ body: String, signature: String? = nil, of webhook: LlamaParseWebhook? = nil
    ) throws(WebhookRefusal) -> ParseEvent? {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(body.utf8), using: SymmetricKey(data: Array("secret".utf8)))
        let signature = signature ?? "sha256=\(code.hexadecimal)"
        return try (webhook ?? self.webhook).event(
            in: Array(body.utf8), header: { $0 == "LC-Signature" ? signature : nil }, at: Self.now)
    }

    private func body(
        id: String = "evt_1", type: String = "parse.success", time: String = "1790000000",
        data: String = #"{"job_id": "pjb-1"}"#
    ) -> String {
        #"{"event_id": "\#(id)", "event_type": "\#(type)", "timestamp": \#(time), "#
            + #""data": \#(data)}"#
    }

    @Test(arguments: [
        "1790000000", "1790000000000", "1790000000.5", #""2026-09-21T14:13:20Z""#,
        #""2026-09-21T14:13:20.250Z""#, "1789913601",
    ])
    func `a signed event of the last day names its job`(time: String) throws {
        #expect(
            try event(body(time: time))
                == ParseEvent(id: "evt_1", remoteJob: "pjb-1", name: "parse.success"))
    }

    @Test func `an event can name its job in the field id`() throws {
        #expect(try event(body(data: #"{"id": "pjb-2"}"#))?.remoteJob == "pjb-2")
    }

    @Test(arguments: ["parse.pending", "parse.running", "extract.success"])
    func `an event that does not end a parse is ignored`(type: String) throws {
        #expect(try event(body(type: type)) == nil)
    }

    @Test(arguments: ["", "sha256=", "sha256=00", "sha256=zz", "abc"])
    func `a signature that is not of the body is refused`(signature: String) {
        let refusal = #expect(throws: WebhookRefusal.self) {
            try event(body(), signature: signature)
        }
        guard case .signatureInvalid = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
    }

    @Test(arguments: ["1789913600", "1790086400", #""2026-09-20T00:00:00Z""#])
    func `an event that is a day or more away is refused`(time: String) {
        let refusal = #expect(throws: WebhookRefusal.self) { try event(body(time: time)) }
        #expect(refusal == .tooOld("The event is more than a day old."))
    }

    @Test func `an event without a job, or with an id of 201 bytes, is refused`() {
        let tooLong = String(repeating: "a", count: 201)
        for body in [body(data: "{}"), body(id: tooLong), body(id: "")] {
            let refusal = #expect(throws: WebhookRefusal.self) { try event(body) }
            guard case .invalid = refusal else {
                Issue.record("\(String(describing: refusal))")
                continue
            }
        }
    }

    @Test(arguments: ["", "[]", #"{"event_id": "evt_2"}"#])
    func `a signed body that is not an event is refused`(body: String) {
        let refusal = #expect(throws: WebhookRefusal.self) { try event(body) }
        guard case .malformed = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
    }

    @Test func `without a secret no event is accepted`() {
        let refusal = #expect(throws: WebhookRefusal.self) {
            try event(body(), of: LlamaParseWebhook(secret: nil))
        }
        #expect(refusal == .notConfigured)
    }
}
