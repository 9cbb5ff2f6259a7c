import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Pipeline

/// `POST /v1/webhooks/{name}`: a provider reports that one of its jobs has ended.
///
/// An event only prompts a worker to fetch the result.
struct WebhookRoute: Sendable {
    let webhook: any ProviderWebhook
    let store: any ParseEventStore

    var path: String { "/v1/webhooks/\(webhook.name)" }

    private static let bodyBytesMax = 1 << 20

    private struct WebhookResponse: Encodable {
        /// False for an event that was received before or is not relevant.
        let taken: Bool
    }

    func take(_ request: Request, _ context: ServingContext) async throws -> Response {
        // Before the body is read: it comes from anyone.
        guard webhook.isConfigured else { throw Problem(.notConfigured) }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: Self.bodyBytesMax)
        } catch is NIOTooManyBytesError {
            throw Problem(
                .bodyTooLarge,
                "The body must be at most \(Self.bodyBytesMax) bytes.")
        }
        let event: ParseEvent?
        do throws(WebhookRefusal) {
            event = try webhook.event(
                in: Array(body.readableBytesView),
                header: { name in HTTPField.Name(name).flatMap { request.headers[$0] } },
                at: Date())
        } catch {
            throw Problem(error)
        }
        guard let event else { return JSON.response(WebhookResponse(taken: false)) }
        return JSON.response(WebhookResponse(taken: try await store.note(event)))
    }
}

extension Problem {
    init(_ refusal: WebhookRefusal) {
        switch refusal {
        case .notConfigured:
            self.init(.webhookNotConfigured, "This webhook is not configured.")
        case .signatureInvalid(let detail):
            self.init(.signatureInvalid, detail)
        case .malformed(let detail): self.init(.malformedJSON, detail)
        case .tooOld(let detail): self.init(.eventTooOld, detail)
        case .invalid(let detail): self.init(.eventInvalid, detail)
        }
    }
}
