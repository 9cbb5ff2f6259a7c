/// The four queues between the programs, each with its own topic.
package enum WorkQueue: String, CaseIterable, Sendable, Codable {
    case parse, chunk, embed, flush

    /// The queue whose worker moves a job on from this stage.
    package init(movingOn stage: Stage) {
        switch stage {
        case .queued, .jobValidated, .parsing, .parsed: self = .parse
        case .parseValidated, .chunking: self = .chunk
        case .chunksBuffered: self = .embed
        case .embedding: self = .embed
        case .embedded: self = .flush
        }
    }

    /// The queue on which a job in this position waits; `nil` when it does not wait for a worker.
    package init?(waitingAt position: Position) {
        switch (position.stage, position.state) {
        case (.parseValidated, .done): self = .chunk
        case (.chunksBuffered, .done): self = .embed
        case (.embedding, .done): self = .flush
        case (let stage, .queued): self.init(movingOn: stage)
        default: return nil
        }
    }

    /// The position of a waiting job after a claim.
    package func claimed(from position: Position) -> Position {
        switch (self, position.state) {
        case (.chunk, .done): Position(.chunking, .working)
        case (.embed, .done): Position(.embedding, .working)
        case (.flush, .done): Position(.embedded, .working)
        default: Position(position.stage, .working)
        }
    }

    /// The queue that follows when this one's work is complete; `nil` after the last.
    package var next: WorkQueue? {
        switch self {
        case .parse: .chunk
        case .chunk: .embed
        case .embed: .flush
        case .flush: nil
        }
    }

    /// The position of a job that this queue's worker has completed.
    package var completion: Position {
        switch self {
        case .parse: Position(.parseValidated, .done)
        case .chunk: Position(.chunksBuffered, .done)
        case .embed: Position(.embedding, .done)
        case .flush: Position(.embedded, .done)
        }
    }
}
