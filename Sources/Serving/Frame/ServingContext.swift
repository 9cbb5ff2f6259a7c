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
    func identifier<Subject>(_ name: String, of what: Problem.Resource) throws(Problem)
        -> Identifier<Subject>
    {
        guard let text = parameters.get(name), let id = Identifier<Subject>(text) else {
            throw .notFound(what)
        }
        return id
    }
}

extension Problem {
    /// What a path names by its id.
    enum Resource: String { case document, job, upload }

    static func notFound(_ resource: Resource) -> Problem {
        let code: ProblemCode =
            switch resource {
            case .document: .documentNotFound
            case .job: .jobNotFound
            case .upload: .uploadNotFound
            }
        return Problem(code, "There is no such \(resource.rawValue).")
    }

    static var unauthorized: Problem {
        var problem = Problem(
            .unauthorized, "Send a known token as 'Authorization: Bearer TOKEN'.")
        problem.headers[.wwwAuthenticate] = "Bearer"
        return problem
    }
}
