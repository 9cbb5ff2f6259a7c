import Domain
import HTTPTypes
package import Hummingbird
package import Pipeline

/// The HTTP API, as docs/openapi.yaml describes it.
package struct ServingAPI: Sendable {
    /// Bounds of what one process takes on.
    package struct Limits: Sendable {
        package var documentBytesMax: Int
        package var uploadsMax: Int
        package var searchesMax: Int
        /// How long the sender of a document may send nothing.
        package var uploadSilence: Duration

        package init(
            documentBytesMax: Int, uploadsMax: Int, searchesMax: Int,
            uploadSilence: Duration = .seconds(60)
        ) {
            self.documentBytesMax = documentBytesMax
            self.uploadsMax = uploadsMax
            self.searchesMax = searchesMax
            self.uploadSilence = uploadSilence
        }
    }

    private let tenants: Tenants
    private let uploads: Uploads
    private let direct: DirectUploads
    private let lookups: Lookups
    private let searches: Searches
    private let counts: PipelineCounts
    private let parseEvents: ParseEvents

    package init(
        tenants: Tenants, catalogue: any Catalogue, blobs: any BlobStore,
        inspector: any DocumentInspector, hints: any HintSender, embedder: any Embedder,
        parseEventSecret: String? = nil, limits: Limits
    ) {
        self.tenants = tenants
        uploads = Uploads(
            catalogue: catalogue, blobs: blobs, inspector: inspector, hints: hints,
            bytesMax: limits.documentBytesMax, silenceMax: limits.uploadSilence,
            admission: Admission(places: limits.uploadsMax))
        direct = DirectUploads(uploads: uploads, blobs: blobs, catalogue: catalogue)
        lookups = Lookups(catalogue: catalogue, blobs: blobs)
        searches = Searches(
            catalogue: catalogue, embedder: embedder,
            admission: Admission(places: limits.searchesMax))
        counts = PipelineCounts(catalogue)
        parseEvents = ParseEvents(catalogue: catalogue, secret: parseEventSecret)
    }

    typealias Handler = @Sendable @concurrent (Request, ServingContext) async throws -> Response

    /// Every path of the API and what it answers to.
    package var router: Router<ServingContext> {
        let router = Router(context: ServingContext.self)
        router.addMiddleware {
            ProblemMiddleware()
            MetricsMiddleware()
            TenantMiddleware(tenants: tenants, except: [ParseEvents.path])
        }
        for (path, handlers) in routes {
            for (method, handler) in handlers {
                router.on(RouterPath(path), method: method, use: handler)
            }
            let allowed = handlers.keys.map(\.rawValue).sorted().joined(separator: ", ")
            for method in Self.methods where handlers[method] == nil {
                router.on(RouterPath(path), method: method) { _, _ -> Response in
                    var problem = Problem(
                        .methodNotAllowed, "method_not_allowed", "This path takes \(allowed).")
                    problem.headers[.allow] = allowed
                    throw problem
                }
            }
        }
        return router
    }

    private static let methods: [HTTPRequest.Method] = [.get, .post, .put, .patch, .delete]

    /// Paths and methods, as docs/openapi.yaml writes them.
    package var operations: [String] {
        routes.flatMap { path, handlers in handlers.keys.map { "\($0.rawValue) \(path)" } }.sorted()
    }

    private var routes: [(path: String, handlers: [HTTPRequest.Method: Handler])] {
        [
            ("/v1/documents", [.post: uploads.upload, .get: lookups.documents]),
            ("/v1/documents/{document}", [.get: lookups.document, .delete: lookups.delete]),
            ("/v1/documents/{document}/chunks", [.get: lookups.chunks]),
            ("/v1/uploads", [.post: direct.permit]),
            ("/v1/uploads/{document}", [.post: direct.complete]),
            ("/v1/jobs/{job}", [.get: lookups.job]),
            ("/v1/jobs/{job}/events", [.get: lookups.events]),
            ("/v1/search", [.post: searches.search]),
            ("/v1/pipeline", [.get: counts.answer]),
            (ParseEvents.path, [.post: parseEvents.take]),
        ]
    }
}

/// `GET /v1/pipeline`: counted at most once a second and once at a time, however many ask.
private actor PipelineCounts {
    private let catalogue: any Catalogue
    private var last: (record: PipelineRecord, at: ContinuousClock.Instant)?
    private var counting: Task<PipelineRecord, any Error>?

    init(_ catalogue: any Catalogue) { self.catalogue = catalogue }

    @concurrent
    nonisolated func answer(
        _ request: Request, _ context: ServingContext
    ) async throws -> Response {
        JSON.response(try await record())
    }

    private func record() async throws -> PipelineRecord {
        if let last, last.at.duration(to: .now) < .seconds(1) { return last.record }
        if let counting { return try await counting.value }
        // Of nobody's request, so that one who leaves does not take it from the others.
        let task = Task { try await catalogue.pipeline() }
        counting = task
        defer { counting = nil }
        let record = try await task.value
        last = (record, .now)
        return record
    }
}
