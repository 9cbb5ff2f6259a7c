// MockServices: the server side of the providers, for tests and demos.
//
// Invariants: the same text gives the same vector; limits and error responses match the real
// service; every fault is scripted, chosen by a seed, and counted.
// Neighbours: the adapters that call it; the official SDKs, which must work with it unchanged.

import FoundationEssentials
import HTTPTypes
package import Hummingbird
import Logging
import NIOCore

/// The routes of all mocked services, and the mock's own control routes below `/mock`.
package struct MockServices: Sendable {
    private let state: MockState
    private let key: String?

    /// - Parameter key: the bearer token that clients must send; `nil` accepts every request.
    package init(state: MockState, key: String? = nil) {
        self.state = state
        self.key = key
    }

    package var router: Router<BasicRequestContext> {
        let router = Router()
        let embeddings = MockEmbeddings(state: state, key: key)
        router.post("/v1/embeddings") { request, _ in try await embeddings.answer(request) }
        router.get("/v1/models") { request, _ in embeddings.models(request) }
        let parsing = MockParsing(state: state, key: key)
        router.post("/api/v2/parse/upload") { request, _ in
            try await parsing.upload(request, .v2)
        }
        router.get("/api/v2/parse/:id") { request, context in
            try parsing.result(request, id: context.parameters.require("id"))
        }
        // The version 1 SDK omits the version from its paths.
        for root: RouterPath in ["/api/v1/parsing", "/api/parsing"] {
            let group = router.group(root)
            group.post("upload") { request, _ in try await parsing.upload(request, .v1) }
            group.get("job/:id") { request, context in
                try parsing.status(request, id: context.parameters.require("id"))
            }
            group.get("job/:id/result/json") { request, context in
                try parsing.resultOfV1(request, id: context.parameters.require("id"))
            }
        }
        router.get("/mock/counts") { [state] _, _ in
            MockJSON.response(state.allCounts)
        }
        router.put("/mock/faults") { [state] request, _ in
            try await Self.control(request, state)
        }
        router.get("/mock/health") { _, _ in MockJSON.response(["status": "ok"]) }
        return router
    }

    private struct Settings: Decodable {
        /// For example `rate_limit=0.1,hang=0.02`.
        var faults: String?
        var latency_ms: Int?
    }

    private static func control(_ request: Request, _ state: MockState) async throws -> Response {
        let body = try await request.body.collect(upTo: 1 << 16)
        do {
            let settings = try JSONDecoder().decode(
                Settings.self, from: Data(body.readableBytesView))
            state.plan(
                try FaultPlan(settings.faults ?? ""),
                latency: settings.latency_ms.map { .milliseconds($0) })
            return MockJSON.response(["status": "ok"])
        } catch {
            return MockJSON.response(["error": "\(error)"], status: .badRequest)
        }
    }
}

enum MockJSON {
    static func response(
        _ value: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        // Encoding cannot fail for the types used here.
        let data = (try? encoder.encode(value)) ?? Data()
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(
            status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: data)))
    }
}
