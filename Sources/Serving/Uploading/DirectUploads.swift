import Domain
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Pipeline

/// Uploads that go directly to storage: the client gets a permit, sends the bytes to the storage
/// itself, then reports completion.
struct DirectUploads: Sendable {
    let uploads: Uploads
    let blobs: any BlobStore
    let catalogue: any Catalogue

    /// How long a permit is valid.
    private static let lifetime = Duration.seconds(15 * 60)
    /// Deadline for completing the upload; well before the bytes count as an orphan.
    private static let completion = Duration.seconds(30 * 60)
    /// Deadline for accepting it, however long the inspection took.
    private static let acceptance = Duration.seconds(45 * 60)
    private static let bodyBytesMax = 16 << 10

    private struct PermitRequest: Decodable {
        let filename: String
        let contentType: String?
        let bytes: Int
    }

    private struct Permit: Encodable {
        let documentId: DocumentID
        let method: String
        let url: String
        let headers: [String: String]
        let expiresAt: String
    }

    /// `POST /v1/uploads`
    func permit(_ request: Request, _ context: ServingContext) async throws -> Response {
        let user = try context.requireUser()
        let wanted = try await JSON.decode(
            PermitRequest.self, from: request, bytesMax: Self.bodyBytesMax)
        guard wanted.bytes > 0 else { throw Uploads.empty }
        guard wanted.bytes <= uploads.bytesMax else { throw uploads.tooLarge }
        let now = Date()
        let document = DocumentID(UUID(version7At: now))
        let path = Uploads.path(
            of: document, user, try Uploads.filename(wanted.filename), wanted.contentType ?? "")
        guard
            let permit = try blobs.uploadPermit(
                for: path, byteCount: wanted.bytes, lifetime: Self.lifetime)
        else {
            throw Problem(
                .directUploadUnavailable,
                "This storage takes no uploads from outside. Use POST /v1/documents.")
        }
        return JSON.response(
            Permit(
                documentId: document, method: permit.method, url: permit.url,
                headers: permit.headers,
                expiresAt: (now + Self.lifetime / .seconds(1)).formatted(.iso8601)),
            status: .created)
    }

    private struct Completion: Decodable {
        let filename: String
        let contentType: String?
    }

    /// `POST /v1/uploads/{document}`; safe to repeat.
    func complete(_ request: Request, _ context: ServingContext) async throws -> Response {
        let user = try context.requireUser()
        let document: DocumentID = try context.identifier("document", of: .upload)
        let key = try Uploads.idempotencyKey(request)
        let completion = try await JSON.decode(
            Completion.self, from: request, bytesMax: Self.bodyBytesMax)
        let filename = try Uploads.filename(completion.filename)
        let declared = completion.contentType ?? ""
        if let known = try await known(document, user) {
            return Uploads.answer(.ok, Uploads.Answer(known))
        }
        guard let begun = document.uuid.version7Date else { throw Problem.notFound(.upload) }
        guard Date().timeIntervalSince(begun) < Self.completion / .seconds(1) else {
            throw Self.expired
        }
        let path = Uploads.path(of: document, user, filename, declared)
        return try await uploads.admission.admit(user) {
            let found = try await inspect(path, filename, declared)
            guard Date().timeIntervalSince(begun) < Self.acceptance / .seconds(1) else {
                throw Self.expired
            }
            return try await uploads.accept(
                Uploads.Stored(path: path, filename: filename, found: found, isShared: true),
                user, key, context)
        }
    }

    private func known(_ document: DocumentID, _ user: TenantID) async throws -> KnownUpload? {
        guard let record = try await catalogue.document(document, of: user),
            let job = try await catalogue.job(record.jobId, of: user)
        else { return nil }
        return KnownUpload(
            document: document, job: record.jobId, stage: job.stage, state: job.state)
    }

    private static let expired = Problem(
        .uploadExpired, "This upload was not completed in time.")

    /// Inspects an upload. A refused one is left to the reconciler, because another completion of
    /// the same upload may be recording it as a document at this moment.
    private func inspect(
        _ path: BlobPath, _ filename: String, _ declared: String
    ) async throws -> InspectedDocument {
        do throws(JobFailure) {
            return try await blobs.withLocalFile(path) { file async throws(JobFailure) in
                try await uploads.inspector.inspect(
                    path: file, filename: filename, declaredMIME: declared)
            }
        } catch {
            if error.code == .storage(.blobMissing) { throw Problem.notFound(.upload) }
            throw error
        }
    }
}

extension UUID {
    /// A UUID of version 7, which begins with its time (RFC 9562 §5.7).
    init(version7At date: Date) {
        var bytes = UUID().uuid
        let milliseconds = UInt64(date.timeIntervalSince1970 * 1000)
        withUnsafeMutableBytes(of: &bytes) { bytes in
            for index in 0..<6 {
                bytes[index] = UInt8(truncatingIfNeeded: milliseconds >> (40 - 8 * index))
            }
            bytes[6] = 0x70 | bytes[6] & 0x0F
        }
        self.init(uuid: bytes)
    }

    /// The time in a UUID of version 7; `nil` for other versions.
    var version7Date: Date? {
        withUnsafeBytes(of: uuid) { bytes in
            guard bytes[6] >> 4 == 7 else { return nil }
            let milliseconds = bytes[..<6].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        }
    }
}
