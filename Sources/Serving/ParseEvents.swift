import Crypto
import Domain
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Pipeline

/// `POST /v1/webhooks/llamaparse`: LlamaParse reports that one of its jobs has ended.
///
/// An event only prompts a worker to fetch the result. It must carry a valid signature and be less
/// than a day old. A replay changes nothing.
///
/// - Source: `webhook_signing_secret` in the official SDK llama-cloud 2.19 (header `LC-Signature`,
///   HMAC-SHA256 of the raw body), https://developers.llamaindex.ai/llamaparse/general/webhooks/.
struct ParseEvents: Sendable {
    static let path = "/v1/webhooks/llamaparse"

    private let catalogue: any Catalogue
    private let key: SymmetricKey?

    /// The service retries an unaccepted event for hours.
    private static let ageMax: TimeInterval = 86_400
    private static let bodyBytesMax = 1 << 20

    init(catalogue: any Catalogue, secret: String?) {
        self.catalogue = catalogue
        key = secret.map { SymmetricKey(data: Array($0.utf8)) }
    }

    private struct WebhookEvent: Decodable {
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
            for fractional in [false, true] {
                let style = Date.ISO8601FormatStyle(includingFractionalSeconds: fractional)
                if let date = try? style.parse(text) {
                    self.date = date
                    return
                }
            }
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "no time of ISO 8601")
        }
    }

    private struct Answer: Encodable {
        /// False for an event that was received before or is not relevant.
        let taken: Bool
    }

    func take(_ request: Request, _ context: ServingContext) async throws -> Response {
        guard let key else {
            throw Problem(.notFound, "webhook_not_configured", "No events are taken here.")
        }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: Self.bodyBytesMax)
        } catch is NIOTooManyBytesError {
            throw Problem(.contentTooLarge, "body_too_large", "An event is shorter than that.")
        }
        guard Self.isSigned(body, request.headers[.lcSignature] ?? "", key) else {
            throw Problem(.unauthorized, "signature_invalid", "LC-Signature is not of this body.")
        }
        let received = try JSON.decode(WebhookEvent.self, from: body)
        guard abs(received.timestamp.date.timeIntervalSinceNow) < Self.ageMax else {
            throw Problem(.badRequest, "event_too_old", "This event is more than a day old.")
        }
        guard let job = received.data.jobId ?? received.data.id,
            [received.eventId, job, received.eventType].allSatisfy({
                (1...200).contains($0.utf8.count)
            })
        else {
            throw Problem(.badRequest, "event_invalid", "An event has an id, a type and a job.")
        }
        let isEnd = !["parse.pending", "parse.running"].contains(received.eventType)
        guard received.eventType.hasPrefix("parse."), isEnd else {
            return JSON.response(Answer(taken: false))
        }
        let event = ParseEvent(id: received.eventId, remoteJob: job, name: received.eventType)
        return JSON.response(Answer(taken: try await catalogue.note(event)))
    }

    /// Checks `sha256=` plus the HMAC in hex, in constant time.
    private static func isSigned(
        _ body: ByteBuffer, _ signature: String, _ key: SymmetricKey
    ) -> Bool {
        let prefix = "sha256="
        guard signature.hasPrefix(prefix),
            let code = [UInt8](hexadecimal: signature.dropFirst(prefix.count))
        else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(
            code, authenticating: Array(body.readableBytesView), using: key)
    }
}

extension HTTPField.Name {
    static var lcSignature: Self { Self("LC-Signature")! }
}
