package import FoundationEssentials

/// Verifies what a provider sends to the API's `/v1/webhooks/{name}`.
///
/// Pure: it performs no I/O, and `now` is a parameter. The API reads the request, records the event
/// and responds.
package protocol ProviderWebhook: Sendable {
    /// The last component of the path.
    var name: String { get }
    /// Whether a secret is set. Without one no event can be verified, and the API reads none.
    var isConfigured: Bool { get }

    /// The event in a request's body; `nil` when it is not the end of a job.
    ///
    /// - Parameter header: the value of a header field of the request.
    func event(
        in body: [UInt8], header: (String) -> String?, at now: Date
    ) throws(WebhookRefusal) -> ParseEvent?
}

/// Why an event is refused, with one sentence for the sender.
package enum WebhookRefusal: Error, Equatable {
    /// No secret is set, so that no event can be verified.
    case notConfigured
    case signatureInvalid(String)
    case malformed(String)
    case tooOld(String)
    case invalid(String)
}
