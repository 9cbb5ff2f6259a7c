package import Domain
import FoundationEssentials
import Postgres
package import Serving

extension PostgresCatalogue {
    package func job(
        _ job: JobID, of user: TenantID
    ) async throws(CatalogueError) -> JobRecord? {
        try await rows(Query.job(job.uuid, user.uuid)) { row in
            let stage: String = try row.decode(3)
            let state: String = try row.decode(4)
            return JobRecord(
                jobId: JobID(try row.decode(0, as: UUID.self)),
                documentId: DocumentID(try row.decode(1, as: UUID.self)),
                filename: try row.decode(2), stage: stage, state: state,
                progress: .init(
                    stage: stage, state: state, planned: try row.decodeIfPresent(5),
                    staged: try row.decode(6)),
                attempt: try row.decode(7), retryCount: try row.decode(8),
                retryAt: try row.decodeIfPresent(9),
                lastError: try row.decodeIfPresent(10, as: String.self).map(Self.json),
                createdAt: try row.decode(11), startedAt: try row.decodeIfPresent(12),
                finishedAt: try row.decodeIfPresent(13), updatedAt: try row.decode(14))
        }.first
    }

    package func events(
        of job: JobID, after cursor: Int, limit: Int, user: TenantID
    ) async throws(CatalogueError) -> [EventRecord]? {
        let owned = try await rows(Query.ownsJob(job.uuid, user.uuid)) { _ in true }
        guard !owned.isEmpty else { return nil }
        return try await rows(Query.events(job.uuid, cursor, limit)) { row in
            EventRecord(
                eventId: try row.decode(0), ts: try row.decode(1), type: try row.decode(2),
                severity: try row.decode(3), code: try row.decode(4),
                payload: try Self.json(row.decode(5)),
                correlationId: try row.decodeIfPresent(6))
        }
    }

    package func document(
        _ document: DocumentID, of user: TenantID
    ) async throws(CatalogueError) -> DocumentRecord? {
        try await documents(Query.documents(user.uuid, document.uuid, nil, 1)).first
    }

    package func documents(
        of user: TenantID, after cursor: DocumentID?, limit: Int
    ) async throws(CatalogueError) -> [DocumentRecord] {
        try await documents(Query.documents(user.uuid, nil, cursor?.uuid, limit))
    }

    private func documents(
        _ statement: PostgresStatement
    ) async throws(CatalogueError) -> [DocumentRecord] {
        try await rows(statement) { row in
            DocumentRecord(
                documentId: DocumentID(try row.decode(0, as: UUID.self)),
                filename: try row.decode(1), mime: try row.decode(2), bytes: try row.decode(3),
                sha256: try row.decode(4), status: try row.decode(5),
                jobId: JobID(try row.decode(6, as: UUID.self)), chunks: try row.decode(7),
                createdAt: try row.decode(8), updatedAt: try row.decode(9))
        }
    }

    package func chunks(
        of document: DocumentID, from start: Int, limit: Int, user: TenantID
    ) async throws(CatalogueError) -> [ChunkRecord]? {
        let owned = try await rows(Query.ownsDocument(document.uuid, user.uuid)) { _ in true }
        guard !owned.isEmpty else { return nil }
        let first = Int32(clamping: start)
        return try await rows(Query.chunks(document.uuid, first, limit)) { row in
            ChunkRecord(
                chunkId: try row.decode(0), ord: try row.decode(1), text: try row.decode(2),
                tokens: try row.decodeIfPresent(3), headings: try row.decode(4),
                pages: try Self.pages(row, 5), utf8Start: try row.decode(7),
                utf8End: try row.decode(8))
        }
    }

    package func pipeline() async throws(CatalogueError) -> PipelineRecord {
        let counts = try await rows(Query.pipelineCounts()) { row in
            PipelineRecord.Count(
                stage: try row.decode(0), state: try row.decode(1), jobs: try row.decode(2))
        }
        let providers = try await rows(Query.providers()) { row in
            PipelineRecord.Provider(
                name: try row.decode(0), health: try row.decode(1), programs: try row.decode(2),
                reason: try row.decodeIfPresent(3), reopensAt: try row.decodeIfPresent(4))
        }
        let records = try await rows(Query.pipelineRates()) { row in
            PipelineRecord(
                counts: counts, oldestWaitingSeconds: try row.decodeIfPresent(0),
                finishedPerMinute: try row.decode(1), deadletteredPerMinute: try row.decode(2),
                providers: providers)
        }
        guard let record = records.first else {
            throw CatalogueError(.fault, reason: "an aggregate without a row")
        }
        return record
    }

    /// Reads first and last page from two columns, once if equal; `nil` for formats without pages.
    static func pages(_ row: PostgresRow, _ column: Int) throws -> [Int]? {
        guard let first = try row.decodeIfPresent(column, as: Int.self) else { return nil }
        let last = try row.decodeIfPresent(column + 1, as: Int.self) ?? first
        return first == last ? [first] : [first, last]
    }

    private static func json(_ text: String) throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    }
}
