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
        let mode: SearchMode?
        let filters: Filters?

        struct Filters: Decodable {
            let documentIds: [DocumentID]?
            let mimes: [String]?
        }
    }

    func search(_ request: Request, _ context: ServingContext) async throws -> Response {
        let tenant = try context.requireTenant()
        let body = try await JSON.decode(
            SearchBody.self, from: request, bytesMax: Self.bodyBytesMax)
        let search = try SearchRequest(
            query: body.query, mode: body.mode, limit: body.k,
            documents: body.filters?.documentIds, mediaTypes: body.filters?.mimes)
        let hits = try await context.whileConnected {
            try await handler.search(search, for: tenant)
        }
        return JSON.response(SearchResponse(hits, mode: search.mode, space: handler.space))
    }
}
