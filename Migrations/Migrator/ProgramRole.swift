/// The programs' database roles, each with the privileges that the program's statements need.
///
/// The roles cannot log in. A program's login is a member of its role
/// (docs/reference/database-roles.md).
package enum ProgramRole: String, CaseIterable, Sendable {
    case ingestAPI = "ingest-api"
    case parseWorker = "parse-worker"
    case chunkWorker = "chunk-worker"
    case embedWorker = "embed-worker"
    case flusher, reconciler
    /// The second login of ingest-api, for /v1/operations.
    case `operator`

    /// The role's name in the database.
    package var name: String { "millrace_" + rawValue.replacing("-", with: "_") }
}
