import Concurrency
package import Domain
import FoundationEssentials
package import Pipeline
import Postgres
import QueryPostgres
import Querying
package import Uploading

extension PostgresCatalogue: UploadStore {
    package func record(_ upload: StoredUpload) async throws(QueryError) -> UploadReceipt? {
        // The known document may be deleted between two statements.
        for _ in 0..<3 {
            if try await isKeyTaken(of: upload) { return nil }
            if try await insert(upload) {
                return UploadReceipt(
                    document: upload.request.document, job: upload.job,
                    position: Position(.queued, .queued), isDuplicate: false)
            }
            guard let known = try await known(upload) else { continue }
            if let key = upload.request.idempotencyKey {
                let keep = Query.storeKey(
                    upload.request.tenant.uuid, key.text, upload.content.sha256)
                _ = try await pool.rows(keep) { _ in }
                if try await isKeyTaken(of: upload) { return nil }
            }
            return known
        }
        throw QueryError(
            .unavailable, reason: "the document was created and deleted three times")
    }

    package func receipt(
        of document: DocumentID, tenant: TenantID
    ) async throws(QueryError) -> UploadReceipt? {
        guard let document = try await self.document(document, of: tenant),
            let job = try await self.job(document.job, of: tenant)
        else { return nil }
        return UploadReceipt(
            document: document.document, job: job.job, position: job.position, isDuplicate: true)
    }

    /// Returns false when the tenant has these bytes or the key has just been taken.
    private func insert(_ upload: StoredUpload) async throws(QueryError) -> Bool {
        do {
            return try await uploads(upload)
        } catch  where error.constraint == "idempotency_keys_pkey" {
            return false
        } catch {
            throw QueryError(error)
        }
    }

    static func uploads(
        _ pool: PostgresPool, attemptsMax: Int
    ) -> Coalescer<StoredUpload, UUID, Bool, PostgresError> {
        Coalescer(
            of: \.request.document.uuid, linger: .milliseconds(2),
            failsWholeBatch: \.affectsEveryStatement
        ) { uploads throws(PostgresError) in
            let requests = uploads.map(\.request)
            let contents = uploads.map(\.content)
            let rows = try await pool.query(
                Query.accept(
                    requests.map(\.document.uuid), requests.map(\.tenant.uuid),
                    requests.map(\.filename.text), contents.map(\.mime),
                    contents.map(\.byteCount), contents.map(\.sha256),
                    requests.map(\.path.description), uploads.map(\.job.uuid),
                    requests.map { $0.idempotencyKey?.text ?? "" },
                    requests.map(\.correlationID), attemptsMax))
            var accepted: Set<UUID> = []
            for row in rows { accepted.insert(try row.decode(0)) }
            return uploads.map { .success(accepted.contains($0.job.uuid)) }
        }
    }

    /// Whether the upload's key was sent before with different bytes.
    private func isKeyTaken(of upload: StoredUpload) async throws(QueryError) -> Bool {
        guard let key = upload.request.idempotencyKey else { return false }
        let holder = Query.keyHolder(upload.request.tenant.uuid, key.text)
        return try await pool.rows(holder) { try $0.decode(0, as: String.self) }
            .contains { $0 != upload.content.sha256 }
    }

    private func known(_ upload: StoredUpload) async throws(QueryError) -> UploadReceipt? {
        let query = Query.knownUpload(upload.request.tenant.uuid, upload.content.sha256)
        return try await pool.rows(query) { row in
            UploadReceipt(
                document: DocumentID(try row.decode(0, as: UUID.self)),
                job: JobID(try row.decode(1, as: UUID.self)),
                position: try row.position(stage: 2, state: 3), isDuplicate: true)
        }.first
    }
}
