/// Who a process is to the cluster's database: each program has a login of its own.
package enum DatabaseUser: String, Sendable, CaseIterable {
    /// Owns everything, and migrates.
    case owner
    case ingestAPI = "ingest-api"
    case parseWorker = "parse-worker"
    case chunkWorker = "chunk-worker"
    case embedWorker = "embed-worker"
    case flusher, reconciler
    /// Whoever uses the command line.
    case `operator`

    /// All but the owner: those whom `millrace migrate` makes.
    static let logins = allCases.filter { $0 != .owner }

    /// The user's name in the database.
    package var name: String {
        self == .owner ? EmbeddedPostgres.role : rawValue.replacing("-", with: "_")
    }
}
