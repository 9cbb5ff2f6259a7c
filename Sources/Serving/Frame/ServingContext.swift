package import Domain
import FoundationEssentials
package import Hummingbird
import Logging
import NIOCore
package import Operating

/// The state of a request on its way through the router.
package struct ServingContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The tenant; set before any of a tenant's routes runs.
    package var tenant: TenantID?
    /// The operator; set before any route under /v1/operations runs.
    package var requester: OperatorName?
    let channel: any Channel
    /// Identifies this request in logs, responses and the events of an upload.
    let requestID = UUID().uuidString.lowercased()

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
        logger[metadataKey: "request_id"] = "\(requestID)"
    }

    /// The tenant of this request.
    func requireTenant() throws(Problem) -> TenantID {
        guard let tenant else { throw .unauthorized }
        return tenant
    }

    /// An id from the path. An invalid UUID counts as not found.
    func identifier<Subject>(
        _ name: String, of resource: Problem.Resource
    ) throws(Problem) -> Identifier<Subject> {
        guard let text = parameters.get(name), let id = Identifier<Subject>(text) else {
            throw .notFound(resource)
        }
        return id
    }
}
