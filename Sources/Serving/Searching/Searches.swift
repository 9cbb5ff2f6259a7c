import Domain
import Hummingbird
import Pipeline

/// `POST /v1/search`
struct Searches: Sendable {
    let catalogue: any Catalogue
    let embedder: any Embedder
    let admission: Admission

    private static let bodyBytesMax = 64 << 10
    private static let queryBytesMax = 8 << 10

    private enum Mode: String, Decodable { case hybrid, vector, text }

    private struct SearchRequest: Decodable {
        let query: String
        let k: Int?
        let mode: Mode?
        let filters: Filters?

        struct Filters: Decodable {
            let documentIds: [DocumentID]?
            let mimes: [String]?
        }
    }

    private struct Answer: Encodable {
        let results: [SearchHit]
        let mode: String
        /// The vector space of the query and of every result.
        let space: String
    }

    func search(_ request: Request, _ context: ServingContext) async throws -> Response {
        let user = try context.requireUser()
        let query = try await JSON.decode(
            SearchRequest.self, from: request, bytesMax: Self.bodyBytesMax)
        let mode = query.mode ?? .hybrid
        var search = try Self.plan(query, space: embedder.space)
        if mode == .vector { search.words = nil }
        let plan = search
        return try await admission.admit(user) {
            let hits = try await context.whileConnected { () async throws -> [SearchHit] in
                try await self.hits(plan, query.query, ranksByMeaning: mode != .text, user)
            }
            return JSON.response(
                Answer(results: hits, mode: mode.rawValue, space: "\(plan.space)"))
        }
    }

    private func hits(
        _ search: Search, _ query: String, ranksByMeaning: Bool, _ user: TenantID
    ) async throws -> [SearchHit] {
        var search = search
        if ranksByMeaning {
            search.vector = try await embedder.embedQuery(query, for: CallSubject(user: user))
        }
        return try await catalogue.search(search, of: user)
    }

    private static func plan(
        _ query: SearchRequest, space: EmbeddingSpace
    ) throws(Problem) -> Search {
        guard !query.query.trimmed.isEmpty else {
            throw Problem(.queryEmpty, "'query' must not be empty.")
        }
        guard query.query.utf8.count <= queryBytesMax else {
            throw Problem(
                .queryTooLong,
                "'query' must be at most \(queryBytesMax) bytes.")
        }
        let limit = query.k ?? 10
        guard (1...100).contains(limit) else {
            throw Problem(.kInvalid, "'k' must be between 1 and 100.")
        }
        if let count = query.filters?.documentIds?.count, !(1...1000).contains(count) {
            throw Problem(
                .filterInvalid,
                "'document_ids' must contain 1 to 1000 ids.")
        }
        return Search(
            vector: nil, space: space, words: SearchWords.bounded(storable(query.query)),
            limit: limit,
            documents: query.filters?.documentIds,
            mimes: query.filters?.mimes.map { $0.map(storable) })
    }

    /// PostgreSQL text cannot contain NUL.
    private static func storable(_ text: String) -> String {
        String(text.map { $0 == "\0" ? " " : $0 })
    }
}
