import HTTPTypes
import Hummingbird

/// Headers of every response: tenants' data are not for caches, and types are not to be guessed.
struct ResponseHeaders: RouterMiddleware {
    @concurrent func handle(
        _ request: Request, context: ServingContext,
        next: @concurrent (Request, ServingContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.cacheControl] = "no-store"
        response.headers[.xContentTypeOptions] = "nosniff"
        return response
    }
}
