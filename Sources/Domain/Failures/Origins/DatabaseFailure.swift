/// Failures of the database, and rows that contradict the program.
package enum DatabaseFailure: String, CaseIterable, Sendable {
    case badPath = "bad_path"
    case chunksMissing = "chunks_missing"
    case rejected = "refused_by_database"
    case statementFailed = "store_refused"
    case unavailable = "store_unavailable"
    case unknownInvariant = "unknown_invariant"
    case unknownQueue = "unknown_queue"
    case unknownStage = "unknown_stage"

    var entry: FailureEntry {
        switch self {
        case .badPath: .init(.never, "The job's storage path is missing or invalid. Run the audit.")
        case .chunksMissing:
            .init(.never, "Chunks or vectors of the job are missing. Upload the document again.")
        case .rejected:
            .init(.never, "The database rejected a value. Report the message as a defect.")
        case .statementFailed:
            .init(.counted, status: 503, "A statement failed. If it repeats, read its message.")
        case .unavailable:
            .init(.counted, status: 503, "The database does not respond. Check PostgreSQL.")
        case .unknownInvariant, .unknownQueue, .unknownStage:
            .init(.never, "A row has a value of another version. Migrate, or update the program.")
        }
    }
}
