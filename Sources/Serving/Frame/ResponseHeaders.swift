import HTTPTypes
import Hummingbird

/// Adds headers to every response: no caching of tenants' data, no guessing of types.
struct ResponseHeaders: RouterMiddleware {
    @concurrent func handle(
        _ request: Request, context: ServingContext,
        next: @concurrent (Request, ServingContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        Self.complete(&response.headers)
        return response
    }

    static func complete(_ headers: inout HTTPFields) {
        headers[.cacheControl] = "no-store"
        headers[.xContentTypeOptions] = "nosniff"
    }
}
