import HTTPTypes
import Hummingbird

/// Headers of every response: tenants' data are not for caches, and types are not to be guessed.
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
