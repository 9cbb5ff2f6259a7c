import Domain
import Hummingbird
import Logging
import Pipeline

/// Serves documents, jobs, events and chunks, and deletes documents.
struct Lookups: Sendable {
    let catalogue: any Catalogue
    let blobs: any BlobStore

    /// `GET /v1/jobs/{job}`
    func job(_ request: Request, _ context: ServingContext) async throws -> Response {
        let id: JobID = try context.identifier("job", of: .job)
        guard let job = try await catalogue.job(id, of: context.requireUser()) else {
            throw Problem.notFound(.job)
        }
        return JSON.response(job)
    }

    private struct Events: Encodable {
        let events: [EventRecord]
        let next: String?
    }

    /// `GET /v1/jobs/{job}/events`
    func events(_ request: Request, _ context: ServingContext) async throws -> Response {
        let id: JobID = try context.identifier("job", of: .job)
        let page = try Page(request, default: 200)
        let cursor = try page.number
        guard
            let events = try await catalogue.events(
                of: id, after: cursor, limit: page.limit, user: context.requireUser())
        else { throw Problem.notFound(.job) }
        let next = page.next(events) { "\($0.eventId)" }
        return JSON.response(Events(events: events, next: next))
    }

    /// `GET /v1/documents/{document}`
    func document(_ request: Request, _ context: ServingContext) async throws -> Response {
        let id: DocumentID = try context.identifier("document", of: .document)
        guard let document = try await catalogue.document(id, of: context.requireUser()) else {
            throw Problem.notFound(.document)
        }
        return JSON.response(document)
    }

    private struct Documents: Encodable {
        let documents: [DocumentRecord]
        let next: String?
    }

    /// `GET /v1/documents`
    func documents(_ request: Request, _ context: ServingContext) async throws -> Response {
        let page = try Page(request, default: 100)
        let documents = try await catalogue.documents(
            of: context.requireUser(), after: page.document, limit: page.limit)
        let next = page.next(documents) { "\($0.documentId)" }
        return JSON.response(Documents(documents: documents, next: next))
    }

    private struct Chunks: Encodable {
        let chunks: [ChunkRecord]
        let next: String?
    }

    /// `GET /v1/documents/{document}/chunks`
    func chunks(_ request: Request, _ context: ServingContext) async throws -> Response {
        let id: DocumentID = try context.identifier("document", of: .document)
        let page = try Page(request, default: 100)
        let start = try page.number
        guard
            let chunks = try await catalogue.chunks(
                of: id, from: start, limit: page.limit, user: context.requireUser())
        else { throw Problem.notFound(.document) }
        let next = page.next(chunks) { "\($0.ord + 1)" }
        return JSON.response(Chunks(chunks: chunks, next: next))
    }

    /// `DELETE /v1/documents/{document}`
    func delete(_ request: Request, _ context: ServingContext) async throws -> Response {
        let id: DocumentID = try context.identifier("document", of: .document)
        guard let paths = try await catalogue.delete(id, of: context.requireUser()) else {
            throw Problem.notFound(.document)
        }
        await deleteBlobs(paths.compactMap { BlobPath($0) }, context)
        return Response(status: .noContent)
    }

    /// Deletes the blobs of a deleted document. If a backup holds the blobs, or a deletion fails,
    /// the reconciler collects them later.
    private func deleteBlobs(_ paths: [BlobPath], _ context: ServingContext) async {
        do {
            guard try await !catalogue.blobsAreHeld() else { return }
        } catch {
            return Self.warn(of: error, context)
        }
        for path in paths {
            do {
                try await blobs.delete(path)
            } catch {
                Self.warn(of: error, context)
            }
        }
    }

    private static func warn(of error: any Error, _ context: ServingContext) {
        context.logger.warning(
            "blob not deleted; the reconciler will", metadata: ["error": "\(error)"])
    }
}

/// A page of a list: `?limit=` and, as `?after=`, the `next` of the previous page.
struct Page {
    let limit: Int
    private let after: String?

    init(_ request: Request, default: Int) throws(Problem) {
        let text = request.uri.queryParameters.get("limit")
        guard let limit = text.map({ Int($0) }) ?? `default`, (1...1000).contains(limit) else {
            throw Problem(.limitInvalid, "'limit' must be between 1 and 1000.")
        }
        self.limit = limit
        after = request.uri.queryParameters.get("after")
    }

    var number: Int {
        get throws(Problem) {
            guard let after else { return 0 }
            guard let number = Int(after), number >= 0 else { throw Self.invalid }
            return number
        }
    }

    var document: DocumentID? {
        get throws(Problem) {
            guard let after else { return nil }
            guard let document = DocumentID(after) else { throw Self.invalid }
            return document
        }
    }

    /// The cursor of the next page; `nil` when this page was not full.
    func next<Item>(_ items: [Item], _ cursor: (Item) -> String) -> String? {
        items.count == limit ? items.last.map(cursor) : nil
    }

    private static let invalid = Problem(
        .cursorInvalid, "'after' must be the 'next' of the previous page.")
}
