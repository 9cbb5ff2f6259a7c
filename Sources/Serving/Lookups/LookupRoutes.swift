import Domain
import Hummingbird
import Logging
import Pipeline
import Querying

/// Serves descriptions of documents, jobs, events and chunks, and deletes documents.
struct LookupRoutes: Sendable {
    let documents: any DocumentQueries
    let blobs: any BlobStore

    /// `GET /v1/jobs/{job}`
    func job(_ request: Request, _ context: ServingContext) async throws -> Response {
        let id: JobID = try context.identifier("job", of: .job)
        guard let job = try await documents.job(id, of: context.requireTenant()) else {
            throw Problem.notFound(.job)
        }
        return JSON.response(JobResponse(job))
    }

    /// `GET /v1/jobs/{job}/events`
    func events(_ request: Request, _ context: ServingContext) async throws -> Response {
        let id: JobID = try context.identifier("job", of: .job)
        let page = try Page(request, defaultLimit: 200)
        let cursor = try page.number
        guard
            let events = try await documents.events(
                of: id, after: cursor, limit: page.limit, tenant: context.requireTenant())
        else { throw Problem.notFound(.job) }
        return JSON.response(EventsResponse(events, on: page))
    }

    /// `GET /v1/documents/{document}`
    func document(_ request: Request, _ context: ServingContext) async throws -> Response {
        let id: DocumentID = try context.identifier("document", of: .document)
        guard let document = try await documents.document(id, of: context.requireTenant()) else {
            throw Problem.notFound(.document)
        }
        return JSON.response(DocumentResponse(document))
    }

    /// `GET /v1/documents`
    func list(_ request: Request, _ context: ServingContext) async throws -> Response {
        let page = try Page(request, defaultLimit: 100)
        let documents = try await documents.documents(
            of: context.requireTenant(), after: page.document, limit: page.limit)
        return JSON.response(DocumentsResponse(documents, on: page))
    }

    /// `GET /v1/documents/{document}/chunks`
    func chunks(_ request: Request, _ context: ServingContext) async throws -> Response {
        let id: DocumentID = try context.identifier("document", of: .document)
        let page = try Page(request, defaultLimit: 100)
        let start = try page.number
        guard
            let chunks = try await documents.chunks(
                of: id, from: start, limit: page.limit, tenant: context.requireTenant())
        else { throw Problem.notFound(.document) }
        return JSON.response(ChunksResponse(chunks, on: page))
    }

    /// `DELETE /v1/documents/{document}`
    func delete(_ request: Request, _ context: ServingContext) async throws -> Response {
        let id: DocumentID = try context.identifier("document", of: .document)
        guard let paths = try await documents.delete(id, of: context.requireTenant()) else {
            throw Problem.notFound(.document)
        }
        await deleteBlobs(at: paths.compactMap { BlobPath($0) }, logger: context.logger)
        return Response(status: .noContent)
    }

    /// Deletes the blobs of a deleted document. If a backup holds the blobs, or a deletion fails,
    /// the reconciler collects them later.
    private func deleteBlobs(at paths: [BlobPath], logger: Logger) async {
        do {
            guard try await !documents.blobsAreHeld() else { return }
        } catch {
            return Self.warn(of: error, logger: logger)
        }
        for path in paths {
            do {
                try await blobs.delete(path)
            } catch {
                Self.warn(of: error, logger: logger)
            }
        }
    }

    private static func warn(of error: any Error, logger: Logger) {
        logger.warning(
            "blob not deleted; the reconciler will collect it", metadata: ["error": "\(error)"])
    }
}
