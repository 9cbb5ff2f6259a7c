/// Failures of the database, and rows that contradict the program.
package enum DatabaseFailure: String, CaseIterable, Sendable {
    case badPath = "bad_path"
    case chunksMissing = "chunks_missing"
    case rejected = "refused_by_database"
    case schemaMismatch = "schema_mismatch"
    case statementFailed = "store_refused"
    case unavailable = "store_unavailable"

    var entry: FailureEntry {
        switch self {
        case .badPath: .init(.never, "The job's storage path is missing or invalid. Run the audit.")
        case .chunksMissing:
            .init(
                .never, "Chunks or vectors are missing. Delete the document, then upload it again.")
        case .rejected:
            .init(.never, "The database rejected a value. Report the message as a defect.")
        case .schemaMismatch:
            .init(
                .uncounted, status: 503,
                "A row has a value of a different version. Migrate, or update the program.")
        case .statementFailed:
            .init(.counted, status: 503, "A statement failed. If it repeats, read its message.")
        case .unavailable:
            .init(.counted, status: 503, "The database does not respond. Check PostgreSQL.")
        }
    }
}
