package import Domain
import FoundationEssentials
package import Hummingbird
import Logging
import NIOCore

/// The state of a request on its way through the router.
package struct ServingContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The tenant; set before any route runs.
    package var user: TenantID?
    let channel: any Channel
    /// Identifies this request in logs, responses and the events of an upload.
    let requestID = UUID().uuidString.lowercased()

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
        logger[metadataKey: "request_id"] = "\(requestID)"
    }

    /// The tenant of this request.
    func requireUser() throws(Problem) -> TenantID {
        guard let user else { throw .unauthorized }
        return user
    }

    /// An id from the path. An invalid UUID counts as not found.
    func identifier<Subject>(_ name: String, of what: String) throws(Problem) -> Identifier<Subject>
    {
        guard let text = parameters.get(name), let id = Identifier<Subject>(text) else {
            throw .notFound(what)
        }
        return id
    }
}

extension Problem {
    static func notFound(_ what: String) -> Problem {
        Problem(.notFound, "\(what)_not_found", "There is no such \(what).")
    }

    static var unauthorized: Problem {
        var problem = Problem(
            .unauthorized, "unauthorized", "Send a known token as 'Authorization: Bearer TOKEN'.")
        problem.headers[.wwwAuthenticate] = "Bearer"
        return problem
    }
}
