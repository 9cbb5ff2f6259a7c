import Domain
import Hummingbird
import Searching

/// `POST /v1/search`
struct SearchRoutes: Sendable {
    let handler: SearchHandler

    private static let bodyBytesMax = 64 << 10

    private struct SearchBody: Decodable {
        let query: String
        let k: Int?
        let mode: String?
        let filters: Filters?
        let onePerDocument: Bool?
        let explain: Bool?

        private enum CodingKeys: String, CodingKey {
            case query, k, mode, filters, explain
            case onePerDocument = "one_per_document"
        }

        var checkedMode: SearchMode? {
            get throws(Problem) {
                guard let mode else { return nil }
                guard let known = SearchMode(rawValue: mode) else {
                    let all = SearchMode.allCases.map(\.rawValue).joined(separator: ", ")
                    throw Problem(.malformedJSON, "'mode' must be one of \(all).")
                }
                return known
            }
        }

        struct Filters: Decodable {
            let documents: [DocumentID]?
            let mimes: [String]?

            private enum CodingKeys: String, CodingKey {
                case documents = "document_ids"
                case mimes
            }
        }
    }

    func search(_ request: Request, _ context: ServingContext) async throws -> Response {
        let tenant = try context.requireTenant()
        let body = try await JSON.decode(
            SearchBody.self, from: request, bytesMax: Self.bodyBytesMax)
        let search = try SearchRequest(
            query: body.query, mode: try body.checkedMode, limit: body.k,
            documents: body.filters?.documents, mediaTypes: body.filters?.mimes,
            onePerDocument: body.onePerDocument)
        let hits = try await context.whileConnected {
            try await handler.search(search, for: tenant)
        }
        return JSON.response(
            SearchResponse(
                hits, mode: search.mode, space: handler.space, isExplained: body.explain ?? false))
    }
}
