import Hummingbird

/// Finds the tenant before any route runs.
struct TenantMiddleware: RouterMiddleware {
    let tenants: Tenants
    /// Paths that authenticate in another way and have no tenant.
    let except: Set<String>

    @concurrent func handle(
        _ request: Request, context: ServingContext,
        next: @concurrent (Request, ServingContext) async throws -> Response
    ) async throws -> Response {
        if except.contains(request.uri.path) { return try await next(request, context) }
        var context = context
        context.tenant = try tenants.tenant(of: request, from: context.channel.remoteAddress)
        return try await next(request, context)
    }
}
