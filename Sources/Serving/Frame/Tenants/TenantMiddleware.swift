import Hummingbird

/// Finds the tenant or the operator before any route runs.
struct TenantMiddleware: RouterMiddleware {
    let tenants: Tenants
    /// Paths that authenticate in another way and have no tenant.
    let except: Set<String>

    @concurrent func handle(
        _ request: Request, context: ServingContext,
        next: @concurrent (Request, ServingContext) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path
        if except.contains(path) { return try await next(request, context) }
        let isOperation = path == Operations.root || path.hasPrefix(Operations.root + "/")
        // The anonymous tenant is no operator, so its requests lack a token here.
        if isOperation, request.headers[.authorization] == nil { throw Problem.unauthorized }
        var context = context
        switch try tenants.caller(of: request, from: context.channel.remoteAddress) {
        case .tenant(let tenant):
            guard !isOperation else { throw Problem.operatorRequired }
            context.tenant = tenant
        case .operator(let name):
            guard isOperation else { throw Problem.tenantRequired }
            context.requester = name
        }
        return try await next(request, context)
    }
}
