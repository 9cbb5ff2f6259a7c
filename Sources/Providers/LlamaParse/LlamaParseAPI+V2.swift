import Domain
import ProviderHTTP

/// Version 2 of the API, which returns the job's status and its pages in one response.
///
/// - Source: the official SDK llama-cloud 2.19.
extension LlamaParseAPI {
    /// The `configuration` of an upload.
    struct ParseOptions: Encodable {
        private struct Webhook: Encodable {
            var webhook_url: String
            var webhook_signing_secret: String
            var webhook_output_format = "json"
            var webhook_events = [
                "parse.success", "parse.partial_success", "parse.error", "parse.cancelled",
            ]
        }
        private var tier: String
        private var version: String
        private var webhook_configurations: [Webhook]?

        init(tier: String, version: String, webhook: LlamaParseConfiguration.Webhook?) {
            self.tier = tier
            self.version = version
            webhook_configurations = webhook.map { webhook in
                [Webhook(webhook_url: webhook.url, webhook_signing_secret: webhook.secret.value)]
            }
        }
    }

    private struct Status: Decodable {
        struct Job: Decodable { var status: String }
        struct Markdown: Decodable { var pages: [Page] }
        struct Page: Decodable {
            var page_number: Int
            var markdown: String?
            var success: Bool?
        }
        var job: Job
        var markdown: Markdown?
    }

    func statusByV2(_ job: String) async throws(JobFailure) -> RemoteJobStatus {
        let answer = try await get("/api/v2/parse/\(job)?expand=markdown", as: Status.self)
        switch answer.job.status {
        case "PENDING", "RUNNING": return .running
        case "COMPLETED": break
        case "FAILED": throw Self.failed
        case "CANCELLED": throw Self.cancelled
        default: throw Self.unknownStatus
        }
        return .done(
            (answer.markdown?.pages ?? []).map { page in
                Page(
                    number: page.page_number,
                    markdown: page.success ?? true ? page.markdown : nil)
            })
    }
}
