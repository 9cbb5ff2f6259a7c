/// The database users of a cluster; each program has its own login.
package enum DatabaseUser: String, Sendable, CaseIterable {
    /// Owns every object and runs migrations.
    case owner
    case ingestAPI = "ingest-api"
    case parseWorker = "parse-worker"
    case chunkWorker = "chunk-worker"
    case embedWorker = "embed-worker"
    case flusher, reconciler
    /// The second login of ingest-api, for /v1/operations.
    case `operator`

    /// All users except the owner; `millrace migrate` creates them.
    static let logins = allCases.filter { $0 != .owner }

    /// The user's name in the database.
    package var name: String {
        self == .owner ? EmbeddedPostgres.role : rawValue.replacing("-", with: "_")
    }
}
