import Domain

/// Version 1 of the API, still used by older accounts and self-hosted servers.
///
/// - Source: the official SDK llama-cloud-services 0.6.94.
extension LlamaParseAPI {
    private struct Status: Decodable { var status: String }

    private struct Pages: Decodable {
        struct Page: Decodable {
            var page: Int
            var md: String?
            var status: String?
        }
        var pages: [Page]
    }

    func statusByV1(_ job: String) async throws(JobFailure) -> RemoteJobStatus {
        switch try await get("/api/v1/parsing/job/\(job)", as: Status.self).status {
        case "PENDING": return .running
        // A partial success has a status for each page.
        case "SUCCESS", "PARTIAL_SUCCESS": break
        case "ERROR": throw Self.failed
        case "CANCELED", "CANCELLED": throw Self.cancelled
        default: throw Self.unknownStatus
        }
        let result = try await get("/api/v1/parsing/job/\(job)/result/json", as: Pages.self)
        return .done(
            result.pages.map { page in
                Page(number: page.page, markdown: page.status ?? "OK" == "OK" ? page.md : nil)
            })
    }
}
