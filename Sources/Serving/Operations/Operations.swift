import Domain
package import Operating
import HTTPTypes
import Hummingbird
import Pipeline

/// What the API needs to serve operators.
package struct OperationsSetup: Sendable {
    package var store: any OperationsStore
    /// Longest time of an audit.
    package var auditLimit: Duration

    package init(store: any OperationsStore, auditLimit: Duration) {
        self.store = store
        self.auditLimit = auditLimit
    }
}

/// `/v1/operations`: what operators read and do, for all tenants.
///
/// The store has a connection pool and time limits of its own, so that operations do not hold up
/// uploads or searches. Every handler requires an operator's token.
struct Operations: Sendable {
    static let root = "/v1/operations"

    private struct Services: Sendable {
        let store: any OperationsStore
        let audit: PipelineAudit
        let auditLimit: Duration
    }

    private let services: Services?
    private let blobs: any BlobStore

    /// - Parameter setup: `nil` to refuse all operations.
    init(_ setup: OperationsSetup?, blobs: any BlobStore) {
        self.blobs = blobs
        services = setup.map { setup in
            Services(
                store: setup.store,
                audit: PipelineAudit(
                    invariants: setup.store, names: setup.store, blobs: blobs,
                    limit: setup.auditLimit),
                auditLimit: setup.auditLimit)
        }
    }

    var routes: [(path: String, handlers: [HTTPRequest.Method: ServingAPI.Handler])] {
        let letters = Self.root + "/dead-letters"
        return [
            (Self.root + "/status", [.get: status]),
            (letters, [.get: deadLetters]),
            (letters + "/causes", [.get: deadLetterCauses]),
            (letters + "/redrive", [.post: redrive]),
            (letters + "/purge", [.post: purge]),
            (letters + "/{job}", [.get: deadLetter]),
            (Self.root + "/jobs/{job}/events", [.get: events]),
            (Self.root + "/spend", [.get: spend]),
            (Self.root + "/audit", [.post: audit]),
        ]
    }

    /// The store, for a request of an operator.
    func store(for context: ServingContext) throws(Problem) -> any OperationsStore {
        try services(for: context).store
    }

    private func services(for context: ServingContext) throws(Problem) -> Services {
        _ = try context.requireOperator()
        guard let services else { throw .operationsDisabled }
        return services
    }

    /// `GET /v1/operations/status`
    func status(_ request: Request, _ context: ServingContext) async throws -> Response {
        let status = try await store(for: context).status()
        let free = try await blobs.freeBytes()
        return JSON.response(StatusResponse(status, storageFreeBytes: free))
    }

    /// `GET /v1/operations/jobs/{job}/events`
    func events(_ request: Request, _ context: ServingContext) async throws -> Response {
        let store = try store(for: context)
        let job: JobID = try context.identifier("job", of: .job)
        let page = try Page(request, defaultLimit: 200)
        guard let events = try await store.events(of: job, after: page.number, limit: page.limit)
        else { throw Problem.notFound(.job) }
        return JSON.response(EventsResponse(events, on: page))
    }

    /// `GET /v1/operations/spend`
    func spend(_ request: Request, _ context: ServingContext) async throws -> Response {
        let store = try store(for: context)
        let query = OperationsQuery(request)
        let grouping = try query.grouping ?? .day
        let window = try query.seconds("window_seconds") ?? .seconds(30 * 86_400)
        let tenant = try query.tenant
        let page = try Page(request, defaultLimit: 100)
        let sums = try await store.spend(
            by: grouping, of: tenant, within: window, limit: page.limit)
        return JSON.response(
            SpendResponse(
                by: grouping.rawValue, windowSeconds: Int(window.components.seconds),
                sums: sums.map(SpendResponse.Sum.init)))
    }

    /// `POST /v1/operations/audit`
    func audit(_ request: Request, _ context: ServingContext) async throws -> Response {
        let services = try services(for: context)
        let body = try await JSON.decode(
            AuditRequest.self, from: request, bytesMax: AuditRequest.bytesMax)
        let scope = try body.scope
        let report = try await context.whileConnected { () async throws -> AuditReport in
            do throws(AuditError) {
                return try await services.audit.run(scope)
            } catch {
                switch error {
                case .running: throw Problem.auditRunning
                case .timeout: throw Problem.auditTimeout(services.auditLimit)
                case .failed(let failure): throw failure
                }
            }
        }
        return JSON.response(AuditResponse(report))
    }
}

extension ServingContext {
    /// The operator who sent this request.
    func requireOperator() throws(Problem) -> OperatorName {
        guard let requester else { throw .operatorRequired }
        return requester
    }
}
