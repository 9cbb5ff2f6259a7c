import Domain
import JobModel
import Pipeline

extension SimulatedStore: ParseJobStore {
    func parseTicket(
        _ claim: Claim, of provider: String
    ) async throws(JobFailure) -> String? { nil }

    func storeParseTicket(
        _ claim: Claim, _ ticket: String?, of provider: String
    ) async throws(JobFailure) {}

    func completeParsing(_ claim: Claim, _ parsed: ParsedText) async throws(JobFailure) {
        try await complete(claim, of: .parse, through: [.parsed]) { $0.parsed = parsed }
    }

    /// Writes a transition and its outputs in one transaction, or in two if that fault is planted.
    private func complete(
        _ claim: Claim, of queue: WorkQueue, through stages: [Stage] = [],
        outputs: (inout Tables.Job) -> Void
    ) async throws(JobFailure) {
        func write(_ tables: inout Tables) {
            tables.change(claim.job) { job in
                outputs(&job)
                return true
            }
        }
        try await transaction { tables throws(JobFailure) in
            for stage in stages {
                try fence(claim, in: &tables) { job, token in job.row.advance(token, to: stage) }
            }
            try fence(claim, in: &tables) { job, token in
                job.row.complete(token, of: queue, at: now)
            }
            if database.planted != .outputsApart { write(&tables) }
        }
        if database.planted == .outputsApart { try await transaction { write(&$0) } }
    }
}

extension SimulatedStore: ChunkJobStore {
    func completeChunking(
        _ job: ClaimedJob, chunks: some RandomAccessCollection<Chunk> & Sendable,
        in language: TextLanguage, by chunker: ChunkerIdentity
    ) async throws(JobFailure) {
        if database.planted == .chunksKeptOfLostClaims {
            try await transaction { tables in
                _ = tables.change(job.claim.job) { row in
                    row.texts += chunks
                    return true
                }
            }
        }
        try await complete(job.claim, of: .chunk) { row in
            row.expectedChunks = chunks.count
            row.vectors = [:]
            if database.planted != .chunksKeptOfLostClaims { row.texts = Array(chunks) }
        }
    }
}

extension SimulatedStore: EmbedJobStore {
    func beginEmbedding(
        _ job: ClaimedJob, in space: EmbeddingSpace, limit: Int
    ) async throws(JobFailure) -> [PendingChunk] {
        try await fenced(job.claim) { row, token in
            guard row.row.token == token else { return false }
            if row.space != space { row.vectors = [:] }
            row.space = space
            return true
        }
        return try await pendingChunks(of: job, after: -1, limit: limit)
    }

    func pendingChunks(
        of job: ClaimedJob, after ord: Int, limit: Int
    ) async throws(JobFailure) -> [PendingChunk] {
        try await transaction { tables in
            guard let row = tables[job.claim.job] else { return [] }
            return row.texts.filter { $0.ord > ord && row.vectors[$0.ord] == nil }.prefix(limit).map
            {
                PendingChunk(ord: $0.ord, input: $0.embeddingInput)
            }
        }
    }

    func stageVectors(
        _ vectors: [[Float]], ords: [Int], of job: ClaimedJob, areLast: Bool
    ) async throws(JobFailure) {
        try await transaction { tables throws(JobFailure) in
            var areMissing = false
            try fence(job.claim, in: &tables) { row, token in
                guard row.row.token == token else { return false }
                for (ord, vector) in zip(ords, vectors) where row.vectors[ord] == nil {
                    row.vectors[ord] = SimulatedEmbedder.fingerprint(of: vector)
                }
                guard areLast else { return true }
                areMissing = row.vectors.count != row.expectedChunks
                return areMissing || row.row.complete(token, of: .embed, at: now)
            }
            if areMissing { throw .permanent(.database(.chunksMissing), "vectors are missing") }
        }
    }

    func completeEmbedding(_ job: ClaimedJob) async throws(JobFailure) {
        try await transaction { tables throws(JobFailure) in
            let missing =
                tables[job.claim.job].map { $0.vectors.count != $0.expectedChunks } ?? true
            try fence(job.claim, in: &tables) { row, token in
                missing ? row.row.token == token : row.row.complete(token, of: .embed, at: now)
            }
            if missing { throw .permanent(.database(.chunksMissing), "vectors are missing") }
        }
    }
}

extension SimulatedStore: FlushJobStore {
    func flush(_ job: ClaimedJob) async throws(JobFailure) -> Int {
        try await transaction { tables throws(JobFailure) in
            let row = tables[job.claim.job]
            let moved = (row?.texts ?? []).compactMap { chunk in
                row?.vectors[chunk.ord].map {
                    Tables.SearchableChunk(
                        ord: chunk.ord, input: chunk.embeddingInput, vector: $0)
                }
            }
            try fence(job.claim, in: &tables) { row, token in
                guard row.row.complete(token, of: .flush, at: now) else { return false }
                row.searchable = moved
                if database.planted == .buffersNotEmptied { return true }
                row.texts = []
                row.vectors = [:]
                return true
            }
            guard moved.count == row?.expectedChunks || database.planted == .flushWithoutCount
            else {
                throw .permanent(.database(.chunksMissing), "\(moved.count) chunks in the buffers")
            }
            return moved.count
        }
    }
}
