// Serving: the HTTP side of upload, status and search. One folder per door.
//
// Invariants: a request sees only documents of its tenant. Every refusal is a problem document
// (RFC 9457) with a stable code. Types of HTTP do not leave this target, and no other target makes
// the JSON of a response.
// Neighbours: clients above; the stages Uploading and Searching, the ports of Querying and
// BlobStore below.

import HTTPTypes
package import Hummingbird
package import HummingbirdCore
import NIOCore
package import Pipeline
package import Querying
package import Searching
package import Uploading

/// The HTTP API, as docs/openapi.yaml describes it.
package struct ServingAPI: Sendable {
    /// The parts of the database that the API uses.
    package struct Stores: Sendable {
        let uploads: any UploadStore
        let documents: any DocumentQueries
        let index: any SearchIndex
        let stats: any PipelineStats
        let parseEvents: any ParseEventStore

        package init(
            _ all: some DocumentQueries & ParseEventStore & PipelineStats & SearchIndex
                & UploadStore
        ) {
            uploads = all
            documents = all
            index = all
            stats = all
            parseEvents = all
        }
    }

    private let tenants: Tenants
    private let uploads: UploadRoutes
    private let direct: DirectUploadRoutes
    private let lookups: LookupRoutes
    private let downloads: DownloadRoutes
    private let searches: SearchRoutes
    private let pipeline: PipelineRoute
    private let webhooks: [WebhookRoute]
    private let operatorRoutes: Operations

    /// - Parameter operations: `nil` to refuse all requests under /v1/operations.
    package init(
        tenants: Tenants, stores: Stores, blobs: any BlobStore, inspector: any DocumentInspector,
        hints: HintOutbox, embedder: any Embedder, webhooks: [any ProviderWebhook] = [],
        operations: OperationsSetup? = nil, uploadLimits: UploadLimits, searchesMax: Int
    ) {
        self.tenants = tenants
        let handler = UploadHandler(
            store: stores.uploads, blobs: blobs, inspector: inspector, hints: hints,
            limits: uploadLimits)
        uploads = UploadRoutes(handler: handler)
        direct = DirectUploadRoutes(
            uploads: DirectUploads(handler: handler), limits: uploadLimits)
        lookups = LookupRoutes(documents: stores.documents, blobs: blobs)
        downloads = DownloadRoutes(documents: stores.documents, blobs: blobs)
        searches = SearchRoutes(
            handler: SearchHandler(
                index: stores.index, embedder: embedder, concurrentMax: searchesMax))
        pipeline = PipelineRoute(stats: stores.stats, blobs: blobs)
        self.webhooks = webhooks.map { WebhookRoute(webhook: $0, store: stores.parseEvents) }
        operatorRoutes = Operations(operations, blobs: blobs)
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
                        "This path allows only the methods \(allowed).")
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
            ("/v1/documents", [.post: uploads.upload, .get: lookups.list]),
            ("/v1/documents/{document}", [.get: lookups.document, .delete: lookups.delete]),
            ("/v1/documents/{document}/chunks", [.get: lookups.chunks]),
            ("/v1/documents/{document}/content", [.get: downloads.content]),
            ("/v1/documents/{document}/text", [.get: downloads.text]),
            ("/v1/uploads", [.post: direct.permit]),
            ("/v1/uploads/{document}", [.post: direct.complete]),
            ("/v1/jobs/{job}", [.get: lookups.job]),
            ("/v1/jobs/{job}/events", [.get: lookups.events]),
            ("/v1/search", [.post: searches.search]),
            ("/v1/pipeline", [.get: pipeline.pipeline]),
        ] + operatorRoutes.routes
    }
}
