/// Failures of the machine that a program runs on, and defects of the program itself.
package enum MachineFailure: String, CaseIterable, Sendable {
    case embeddingBatch = "embedding_batch"
    case embeddingRequest = "embedding_request"
    case noThread = "no_thread"
    case notEncodable = "not_encodable"
    case sandboxUnavailable = "sandbox_unavailable"

    var entry: FailureEntry {
        switch self {
        case .embeddingBatch:
            .init(.never, status: 422, "A call had no texts or too many: report this defect.")
        case .embeddingRequest:
            .init(.never, status: 422, "The texts cannot be encoded as JSON: report this defect.")
        case .noThread:
            .init(
                .uncounted, status: 503,
                "The system cannot start a thread. Check the limits of the process.")
        case .notEncodable: .init(.never, "A value cannot be encoded as JSON: report this defect.")
        case .sandboxUnavailable:
            .init(.uncounted, "The sandbox of the local parser cannot run. See the worker's log.")
        }
    }
}
