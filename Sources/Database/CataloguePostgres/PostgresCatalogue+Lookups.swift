package import Domain
import FoundationEssentials
package import Pipeline
import Postgres
import QueryPostgres
package import Querying

extension PostgresCatalogue: DocumentQueries {
    package func job(
        _ job: JobID, of tenant: TenantID
    ) async throws(QueryError) -> JobStatus? {
        try await lookups.rows(Query.job(job.uuid, tenant.uuid)) { row in
            JobStatus(
                job: JobID(try row.decode(0, as: UUID.self)),
                document: DocumentID(try row.decode(1, as: UUID.self)),
                filename: try row.decode(2), position: try row.position(stage: 3, state: 4),
                chunksPlanned: try row.decodeIfPresent(5), vectorsStaged: try row.decode(6),
                attempt: try row.decode(7), retryCount: try row.decode(8),
                retryAt: try row.decodeIfPresent(9),
                lastError: try row.jsonIfPresent(10),
                createdAt: try row.decode(11), startedAt: try row.decodeIfPresent(12),
                finishedAt: try row.decodeIfPresent(13), updatedAt: try row.decode(14))
        }.first
    }

    package func events(
        of job: JobID, after cursor: Int, limit: Int, tenant: TenantID
    ) async throws(QueryError) -> [JobEvent]? {
        let owned = try await lookups.rows(Query.ownsJob(job.uuid, tenant.uuid)) { _ in true }
        guard !owned.isEmpty else { return nil }
        return try await lookups.events(of: job, after: cursor, limit: limit)
    }

    package func document(
        _ document: DocumentID, of tenant: TenantID
    ) async throws(QueryError) -> DocumentSummary? {
        try await documents(Query.documents(tenant.uuid, document.uuid, nil, 1)).first
    }

    package func files(
        of document: DocumentID, tenant: TenantID
    ) async throws(QueryError) -> DocumentFiles? {
        try await lookups.rows(Query.documentFiles(document.uuid, tenant.uuid)) { row in
            DocumentFiles(
                filename: try row.decode(0), mime: try row.decode(1), original: try row.decode(2),
                text: try row.decodeIfPresent(3))
        }.first
    }

    package func documents(
        of tenant: TenantID, after cursor: DocumentID?, limit: Int
    ) async throws(QueryError) -> [DocumentSummary] {
        try await documents(Query.documents(tenant.uuid, nil, cursor?.uuid, limit))
    }

    private func documents(
        _ statement: PostgresStatement
    ) async throws(QueryError) -> [DocumentSummary] {
        try await lookups.rows(statement) { row in
            DocumentSummary(
                document: DocumentID(try row.decode(0, as: UUID.self)),
                filename: try row.decode(1), mime: try row.decode(2), byteCount: try row.decode(3),
                sha256: try row.decode(4), status: try row.decodeCase(5),
                job: JobID(try row.decode(6, as: UUID.self)), chunks: try row.decode(7),
                createdAt: try row.decode(8), updatedAt: try row.decode(9),
                parseReport: try row.jsonIfPresent(10, as: ParseReport.self))
        }
    }

    package func chunks(
        of document: DocumentID, from start: Int, limit: Int, tenant: TenantID
    ) async throws(QueryError) -> [SearchableChunk]? {
        let owned = try await lookups.rows(Query.ownsDocument(document.uuid, tenant.uuid)) { _ in
            true
        }
        guard !owned.isEmpty else { return nil }
        let first = Int32(clamping: start)
        return try await lookups.rows(Query.chunks(document.uuid, first, limit)) { row in
            SearchableChunk(
                chunk: try row.decode(0), ord: try row.decode(1), text: try row.decode(2),
                tokens: try row.decodeIfPresent(3), headings: try row.decode(4),
                pages: try row.pages(first: 5, last: 6), utf8Start: try row.decode(7),
                utf8End: try row.decode(8))
        }
    }

    package func delete(
        _ document: DocumentID, of tenant: TenantID
    ) async throws(QueryError) -> [String]? {
        try await pool.rows(Query.deleteDocument(document.uuid, tenant.uuid)) { row in
            try [row.decode(0, as: String.self), row.decodeIfPresent(1, as: String.self)]
                .compactMap { $0 }
        }.first
    }

    package func blobsAreHeld() async throws(QueryError) -> Bool {
        let held = try await pool.rows(Query.blobsAreHeld()) { row in
            try row.decode(0, as: Bool.self)
        }
        return held.first ?? false
    }
}
