import AsyncHTTPClient
import Crypto
import Domain
import FoundationEssentials
import NIOCore
import NIOHTTP1

/// Sends each webhook event twice, like a service that received no response to the first.
struct MockWebhookSender: Sendable {
    struct Webhook: Decodable, Sendable {
        var webhook_url: String
        var webhook_signing_secret: String?
    }

    private struct Event: Encodable {
        struct Subject: Encodable { var job_id: String }
        var event_id = "evt_\(UUID().uuidString.lowercased())"
        var event_type = "parse.success"
        var timestamp = Int(Date().timeIntervalSince1970)
        var data: Subject
    }

    func send(_ webhook: Webhook, of job: String) {
        guard let body = try? JSONEncoder().encode(Event(data: .init(job_id: job))) else { return }
        var request = HTTPClientRequest(url: webhook.webhook_url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        if let secret = webhook.webhook_signing_secret {
            let code = HMAC<SHA256>.authenticationCode(
                for: body, using: SymmetricKey(data: Array(secret.utf8)))
            request.headers.add(name: "lc-signature", value: "sha256=\(code.hexadecimal)")
        }
        request.body = .bytes(ByteBuffer(bytes: body))
        // Unstructured, because the upload's response does not wait for the webhook.
        Task { [request] in
            for _ in 0..<2 {
                let answer = try? await HTTPClient.shared.execute(request, timeout: .seconds(5))
                _ = try? await answer?.body.collect(upTo: 1 << 16)
            }
        }
    }
}
