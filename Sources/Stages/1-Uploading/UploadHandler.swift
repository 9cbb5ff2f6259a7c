// Uploading: from the bytes of a request to a document with a queued job.
//
// Invariants: the bytes are durable before their document is recorded, and the document is recorded
// before its upload is acknowledged. A refused upload leaves no bytes. The same bytes of a tenant
// are one document, and an idempotency key belongs to the bytes with which it was first sent.
// Neighbours: Serving reads requests and writes responses; the ports UploadStore, BlobStore and
// DocumentInspector do the work outside; the parse-worker takes over from the hint.

package import Domain
package import Logging
package import Pipeline

/// Accepts uploads: stores the bytes, inspects them, records document and job in one transaction.
package struct UploadHandler: Sendable {
    /// A file whose bytes have arrived and are not durable yet.
    package typealias ArrivedFile = (request: UploadRequest, writer: any BlobWriter)

    package let limits: UploadLimits
    let store: any UploadStore
    let blobs: any BlobStore
    let inspector: any DocumentInspector
    let admission: Admission
    private let hints: HintOutbox

    package init(
        store: any UploadStore, blobs: any BlobStore, inspector: any DocumentInspector,
        hints: HintOutbox, limits: UploadLimits
    ) {
        self.store = store
        self.blobs = blobs
        self.inspector = inspector
        self.hints = hints
        self.limits = limits
        admission = Admission(places: limits.concurrentMax)
    }

    /// Accepts a file that arrives in the body of a request.
    ///
    /// - Parameters:
    ///   - byteCount: the announced length of the body; 0 when it is unknown.
    ///   - receive: reads the body and passes the file to `write`. Cancelled when the bytes arrive
    ///     too slowly.
    package func accept(
        from tenant: TenantID, announcing byteCount: Int, logger: Logger,
        receive: @escaping @Sendable (Arrival) async throws -> ArrivedFile
    ) async throws -> UploadReceipt {
        try limits.check(announcedBytes: byteCount)
        try await requireSpace(for: byteCount)
        return try await admission.admit(tenant) {
            let file = try await withArrivalLimits(limits.arrival, receive)
            return try await record(try await inspectAndCommit(file), logger: logger)
        }
    }

    /// Streams a file to storage. If that fails, no bytes remain.
    package func write(
        _ request: UploadRequest, arrival: Arrival, nextBytes: () async throws -> [UInt8]?
    ) async throws -> ArrivedFile {
        let writer = try await blobs.writer(for: request.path)
        do {
            var byteCount = 0
            while let bytes = try await nextBytes() {
                arrival.advance(by: bytes.count)
                // Other uploads arrive at the same time, perhaps of unknown length.
                let checks = byteCount / Self.spaceCheckBytes
                byteCount += bytes.count
                if byteCount / Self.spaceCheckBytes != checks { try await requireSpace(for: 0) }
                guard byteCount <= limits.documentBytesMax else { throw limits.tooLarge }
                try await writer.append(bytes)
            }
            try limits.check(documentBytes: byteCount)
        } catch {
            await writer.abort()
            throw error
        }
        return (request, writer)
    }

    /// Number of bytes between two checks of the free space.
    private static let spaceCheckBytes = 4 << 20

    /// - Throws: `storageFull` when the upload would leave less free space than the reserve.
    private func requireSpace(for byteCount: Int) async throws {
        guard let free = try await blobs.freeBytes(),
            free - byteCount < limits.storageReserveBytes
        else { return }
        throw UploadRefusal.storageFull
    }

    /// Inspects a file and makes it durable if it is accepted.
    private func inspectAndCommit(_ file: ArrivedFile) async throws(JobFailure) -> StoredUpload {
        let (request, writer) = file
        do throws(JobFailure) {
            let content = try await writer.withLocalFile { path async throws(JobFailure) in
                try await inspector.inspect(
                    path: path, filename: request.filename.text,
                    declaredMIME: request.declaredType)
            }
            try await writer.commit()
            return StoredUpload(request: request, content: content)
        } catch {
            await writer.abort()
            throw error
        }
    }

    /// Records a document whose bytes are stored, and sends the hint of its job.
    ///
    /// - Parameter bytesAreShared: whether another request may refer to the same bytes, so that
    ///   they must not be deleted here.
    func record(
        _ upload: StoredUpload, bytesAreShared: Bool = false, logger: Logger
    ) async throws -> UploadReceipt {
        // If this throws, the bytes stay: the transaction may have been committed nevertheless. The
        // reconciler collects them if it was not.
        let recorded = try await store.record(upload)
        guard let receipt = recorded else {
            if !bytesAreShared { await discard(upload.request.path, logger: logger) }
            throw UploadRefusal.idempotencyKeyReused
        }
        if !receipt.isDuplicate {
            // Sent in the background, so that a broker that hangs does not delay uploads.
            hints.put(receipt.job, to: .parse)
        } else if receipt.document != upload.request.document, !bytesAreShared {
            await discard(upload.request.path, logger: logger)
        }
        return receipt
    }

    /// Deletes an unneeded blob. If that fails, the reconciler collects it.
    private func discard(_ path: BlobPath, logger: Logger) async {
        do {
            try await blobs.delete(path)
        } catch {
            logger.warning(
                "blob not deleted; the reconciler will collect it", metadata: ["error": "\(error)"])
        }
    }
}
