import Crypto
import Domain
package import FoundationEssentials
package import Pipeline
package import ProviderHTTP

/// Verifies the events with which LlamaParse reports that one of its jobs has ended.
///
/// An event must carry a valid signature and be less than a day old. A replay changes nothing.
///
/// - Source: `webhook_signing_secret` in the official SDK llama-cloud 2.19 (header `LC-Signature`,
///   HMAC-SHA256 of the raw body), https://developers.llamaindex.ai/llamaparse/general/webhooks/.
package struct LlamaParseWebhook: ProviderWebhook {
    package let name = "llamaparse"
    package var isConfigured: Bool { key != nil }
    private let key: SymmetricKey?

    /// The service retries an unaccepted event for hours.
    private static let ageMax: TimeInterval = 86_400

    /// - Parameter secret: `nil` refuses all events.
    package init(secret: APIKey?) {
        key = secret.map { SymmetricKey(data: Array($0.value.utf8)) }
    }

    package func event(
        in body: [UInt8], header: (String) -> String?, at now: Date
    ) throws(WebhookRefusal) -> ParseEvent? {
        guard let key else { throw .notConfigured }
        guard Self.isSigned(body, by: header("LC-Signature") ?? "", key: key) else {
            throw .signatureInvalid("LC-Signature is not the signature of this body.")
        }
        let received = try Self.decode(body)
        guard abs(received.timestamp.date.timeIntervalSince(now)) < Self.ageMax else {
            throw .tooOld("The event is more than a day old.")
        }
        guard let job = received.data.jobId ?? received.data.id,
            [received.eventId, job, received.eventType].allSatisfy({
                (1...200).contains($0.utf8.count)
            })
        else {
            throw .invalid("An event must have an id, a type and a job, each of 1 to 200 bytes.")
        }
        let isEnd = !["parse.pending", "parse.running"].contains(received.eventType)
        guard received.eventType.hasPrefix("parse."), isEnd else { return nil }
        return ParseEvent(id: received.eventId, remoteJob: job, name: received.eventType)
    }

    private struct Event: Decodable {
        struct Subject: Decodable {
            let jobId: String?
            let id: String?
        }
        let eventId: String
        let eventType: String
        let timestamp: Moment
        let data: Subject
    }

    /// A time in seconds or milliseconds since 1970, or as ISO 8601 text.
    private struct Moment: Decodable {
        let date: Date

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Double.self) {
                date = Date(timeIntervalSince1970: number > 1e11 ? number / 1000 : number)
                return
            }
            let text = try container.decode(String.self)
            guard let date = Date(iso8601: text) else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "not a time of ISO 8601")
            }
            self.date = date
        }
    }

    private static func decode(_ body: [UInt8]) throws(WebhookRefusal) -> Event {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode(Event.self, from: Data(body))
        } catch {
            throw .malformed("The body must be JSON with event_id, event_type, timestamp and data.")
        }
    }

    /// Checks `sha256=` plus the HMAC in hex, in constant time.
    private static func isSigned(
        _ body: [UInt8], by signature: String, key: SymmetricKey
    ) -> Bool {
        let prefix = "sha256="
        guard signature.hasPrefix(prefix),
            let code = [UInt8](hexadecimal: signature.dropFirst(prefix.count))
        else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: body, using: key)
    }
}
