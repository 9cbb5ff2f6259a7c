/// Failures of calls to a provider: a parser or an embedder that runs as a service.
package enum ProviderFailure: String, CaseIterable, Sendable {
    case answerUnreadable = "provider_answer_unreadable"
    case error = "provider_error"
    case notFound = "provider_not_found"
    case quota = "provider_quota"
    case rateLimit = "provider_rate_limit"
    case refused = "provider_refused"
    case unauthorized = "provider_unauthorized"
    case unavailable = "provider_unavailable"
    case unreachable = "provider_unreachable"

    var entry: FailureEntry {
        switch self {
        case .answerUnreadable:
            .init(.counted, status: 503, "The response is not as documented. Check the address.")
        case .error:
            .init(.counted, status: 503, "The provider reported an error of its own.")
        case .notFound:
            .init(
                .uncounted, status: 503, "The provider rejects the path. Check address and model.")
        case .quota:
            .init(.uncounted, status: 503, "The provider's credit is used up. Add credit.")
        case .rateLimit:
            .init(.uncounted, status: 503, "The provider limits the rate of calls. The job waits.")
        case .refused:
            .init(.never, status: 422, "The provider rejected the content; see the message.")
        case .unauthorized:
            .init(.uncounted, status: 503, "The provider rejects the key. Check the setting.")
        case .unavailable:
            .init(.uncounted, status: 503, "No provider accepts calls; see `millrace status`.")
        case .unreachable:
            .init(.counted, status: 503, "No response from the provider. Check the network.")
        }
    }
}
