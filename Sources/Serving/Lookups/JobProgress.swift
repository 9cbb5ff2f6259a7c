import Domain

/// The progress of a job.
struct JobProgress: Encodable, Equatable {
    /// 0…1, by stage and, during embedding, by the number of vectors.
    let fraction: Double
    /// Number of chunks, known once the document is chunked.
    let chunksPlanned: Int?
    let chunksEmbedded: Int?

    init(at position: Position, chunksPlanned: Int?, vectorsStaged: Int) {
        self.chunksPlanned = chunksPlanned
        guard let chunksPlanned else {
            chunksEmbedded = nil
            fraction = position.stage.beginning
            return
        }
        let isFinished = position == Position(.embedded, .done)
        let embedded = isFinished ? chunksPlanned : vectorsStaged
        chunksEmbedded = embedded
        if isFinished {
            fraction = 1
        } else if position.stage == .embedding {
            fraction = 0.4 + 0.5 * min(1, Double(embedded) / Double(max(1, chunksPlanned)))
        } else {
            fraction = position.stage.beginning
        }
    }
}

extension Stage {
    /// The progress at which the stage begins.
    fileprivate var beginning: Double {
        switch self {
        case .queued: 0
        case .jobValidated: 0.05
        case .parsing: 0.1
        case .parsed: 0.2
        case .parseValidated: 0.25
        case .chunking: 0.3
        case .chunksBuffered: 0.35
        case .embedding: 0.4
        case .embedded: 0.95
        }
    }
}
