import Domain
import HTTPTypes
package import Hummingbird
package import HummingbirdCore
import NIOCore
package import Pipeline

/// The HTTP API, as docs/openapi.yaml describes it.
package struct ServingAPI: Sendable {
    /// Resource limits of one process.
    package struct Limits: Sendable {
        package var documentBytesMax: Int
        package var uploadsMax: Int
        package var searchesMax: Int
        package var uploadArrival: ArrivalLimits
        /// Free bytes of the storage below which uploads are refused, so that accepted documents
        /// can still be processed.
        package var storageReserve: Int

        package init(
            documentBytesMax: Int, uploadsMax: Int, searchesMax: Int,
            uploadArrival: ArrivalLimits = ArrivalLimits(), storageReserve: Int = 0
        ) {
            self.documentBytesMax = documentBytesMax
            self.uploadsMax = uploadsMax
            self.searchesMax = searchesMax
            self.uploadArrival = uploadArrival
            self.storageReserve = storageReserve
        }
    }

    private let tenants: Tenants
    private let uploads: Uploads
    private let direct: DirectUploads
    private let lookups: Lookups
    private let searches: Searches
    private let counts: PipelineCounts
    private let webhooks: [WebhookRoute]

    package init(
        tenants: Tenants, catalogue: any Catalogue, blobs: any BlobStore,
        inspector: any DocumentInspector, hints: HintOutbox, embedder: any Embedder,
        webhooks: [any ProviderWebhook] = [], limits: Limits
    ) {
        self.tenants = tenants
        uploads = Uploads(
            catalogue: catalogue, blobs: blobs, inspector: inspector, hints: hints,
            bytesMax: limits.documentBytesMax, arrival: limits.uploadArrival,
            storageReserve: limits.storageReserve,
            admission: Admission(places: limits.uploadsMax))
        direct = DirectUploads(uploads: uploads, blobs: blobs, catalogue: catalogue)
        lookups = Lookups(catalogue: catalogue, blobs: blobs)
        searches = Searches(
            catalogue: catalogue, embedder: embedder,
            admission: Admission(places: limits.searchesMax))
        counts = PipelineCounts(catalogue, blobs)
        self.webhooks = webhooks.map { WebhookRoute(webhook: $0, catalogue: catalogue) }
    }

    /// An HTTP/1.1 server that detects departed clients and refuses malformed requests.
    package static func server(idleTimeout: Duration? = nil) -> HTTPServerBuilder {
        .http1(
            configuration: .init(
                additionalChannelHandlers: [ProtocolProblems(), PeerWatch()],
                idleTimeout: idleTimeout.map { .init($0) },
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: ProtocolProblems.headBytesMax,
                    maxHeaderListSize: ProtocolProblems.headBytesMax,
                    maxHeaderFieldCount: ProtocolProblems.fieldsMax)))
    }

    typealias Handler = @Sendable @concurrent (Request, ServingContext) async throws -> Response

    /// The routes of the API, with their middleware.
    package var router: Router<ServingContext> {
        let router = Router(context: ServingContext.self)
        router.addMiddleware {
            // Outermost, so that it sees the status of every refusal.
            MetricsMiddleware()
            ResponseHeaders()
            ProblemMiddleware()
            TenantMiddleware(tenants: tenants, except: Set(webhooks.map(\.path)))
        }
        for (path, handlers) in routes {
            let answers = Self.answers(of: handlers)
            for (method, handler) in answers {
                router.on(RouterPath(path), method: method, use: handler)
            }
            let allowed = answers.keys.map(\.rawValue).sorted().joined(separator: ", ")
            for method in Self.methods where answers[method] == nil {
                router.on(RouterPath(path), method: method) { _, _ -> Response in
                    var problem = Problem(
                        .methodNotAllowed,
                        "The methods of this path are \(allowed).")
                    problem.headers[.allow] = allowed
                    throw problem
                }
            }
        }
        return router
    }

    /// The handlers of a path, plus HEAD where there is GET, and OPTIONS.
    private static func answers(
        of handlers: [HTTPRequest.Method: Handler]
    ) -> [HTTPRequest.Method: Handler] {
        var answers = handlers
        if let get = handlers[.get] {
            answers[.head] = { request, context in
                let response = try await get(request, context)
                return Response(
                    status: response.status, headers: response.headers,
                    body: .init(contentLength: response.body.contentLength) { writer in
                        try await writer.finish(nil)
                    })
            }
        }
        let allowed = (answers.keys.map(\.rawValue) + ["OPTIONS"]).sorted()
            .joined(separator: ", ")
        answers[.options] = { _, _ in
            Response(status: .noContent, headers: [.allow: allowed])
        }
        return answers
    }

    private static let methods: [HTTPRequest.Method] = [
        .get, .head, .post, .put, .patch, .delete, .options,
    ]

    /// Paths and methods, as docs/openapi.yaml writes them.
    package var operations: [String] {
        routes.flatMap { path, handlers in handlers.keys.map { "\($0.rawValue) \(path)" } }.sorted()
    }

    private typealias Route = (path: String, handlers: [HTTPRequest.Method: Handler])

    private var routes: [Route] {
        let webhooks = self.webhooks.map { webhook -> Route in
            (webhook.path, [.post: webhook.take])
        }
        return webhooks + [
            ("/v1/documents", [.post: uploads.upload, .get: lookups.documents]),
            ("/v1/documents/{document}", [.get: lookups.document, .delete: lookups.delete]),
            ("/v1/documents/{document}/chunks", [.get: lookups.chunks]),
            ("/v1/uploads", [.post: direct.permit]),
            ("/v1/uploads/{document}", [.post: direct.complete]),
            ("/v1/jobs/{job}", [.get: lookups.job]),
            ("/v1/jobs/{job}/events", [.get: lookups.events]),
            ("/v1/search", [.post: searches.search]),
            ("/v1/pipeline", [.get: counts.answer]),
        ]
    }
}

/// `GET /v1/pipeline`: counts at most once per second and shares the result between requests.
private actor PipelineCounts {
    private let catalogue: any Catalogue
    private let blobs: any BlobStore
    private var last: (record: PipelineRecord, at: ContinuousClock.Instant)?
    private var counting: Task<PipelineRecord, any Error>?

    init(_ catalogue: any Catalogue, _ blobs: any BlobStore) {
        self.catalogue = catalogue
        self.blobs = blobs
    }

    @concurrent
    nonisolated func answer(
        _ request: Request, _ context: ServingContext
    ) async throws -> Response {
        JSON.response(try await record())
    }

    private func record() async throws -> PipelineRecord {
        if let last, last.at.duration(to: .now) < .seconds(1) { return last.record }
        if let counting { return try await counting.value }
        // An unstructured task, so that one client disconnecting does not cancel it for the others.
        let task = Task {
            var record = try await catalogue.pipeline()
            record.storageFreeBytes = try await blobs.freeBytes()
            return record
        }
        counting = task
        defer { counting = nil }
        let record = try await task.value
        last = (record, .now)
        return record
    }
}
