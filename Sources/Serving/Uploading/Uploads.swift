import Domain
import HTTPTypes
import Hummingbird
import Logging
import Pipeline
import Synchronization

/// Accepts uploads: stores the bytes, inspects them, records document and job in one transaction.
struct Uploads: Sendable {
    let catalogue: any Catalogue
    let blobs: any BlobStore
    let inspector: any DocumentInspector
    let hints: HintOutbox
    let bytesMax: Int
    let arrival: ArrivalLimits
    let storageReserve: Int
    let admission: Admission

    /// `POST /v1/documents`
    func upload(_ request: Request, _ context: ServingContext) async throws -> Response {
        let user = try context.requireUser()
        let key = try Self.idempotencyKey(request)
        let length = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        guard length <= bytesMax + Self.multipartFraming else { throw tooLarge }
        try await requireSpace(for: length)
        return try await admission.admit(user) {
            let received = try await withArrivalLimits(arrival) { arrival in
                try await receive(request, for: user, arrival)
            }
            return try await accept(try await keep(received), user, key, context)
        }
    }

    /// - Throws: a 503 problem when the upload would leave less free space than the reserve.
    func requireSpace(for length: Int) async throws {
        guard let free = try await blobs.freeBytes(), free - length < storageReserve else { return }
        throw Problem(
            .diskFull,
            "The storage of documents is nearly full. Uploads are accepted again when there is space."
        ).retry(afterSeconds: 60)
    }

    /// Number of bytes between two checks of the free space.
    private static let spaceCheckBytes = 4 << 20

    /// Maximum bytes of a multipart body in addition to its file.
    private static let multipartFraming = 64 << 10

    /// A file whose bytes have arrived.
    private struct Received {
        let writer: any BlobWriter
        let path: BlobPath
        let filename: String
        let declared: String
    }

    /// A file whose bytes are in storage, under a path that no row references yet.
    struct Stored {
        let path: BlobPath
        let filename: String
        let found: InspectedDocument
        /// Whether another request may refer to the same bytes.
        var isShared = false
    }

    private func receive(
        _ request: Request, for user: TenantID, _ arrival: Arrival
    ) async throws -> Received {
        let type = request.headers[.contentType] ?? "application/octet-stream"
        if HeaderValue(type).value == "multipart/form-data" {
            var file = try MultipartFile(UploadBody(request), contentType: type)
            try await file.findFile()
            let name = try Self.filename(file.filename)
            let declared = file.contentType ?? ""
            return try await store(name, declared, user, arrival) { try await file.next() }
        }
        let given =
            request.uri.queryParameters.get("filename")
            ?? request.headers[.contentDisposition].flatMap {
                HeaderValue($0).parameters["filename"]
            }
        let name = try Self.filename(given ?? "")
        var body = UploadBody(request)
        return try await store(name, type, user, arrival) {
            try await body.next(isolation: #isolation).map { Array($0.readableBytesView) }
        }
    }

    /// Streams a file to the storage. If that fails, no bytes are kept.
    private func store(
        _ filename: String, _ declared: String, _ user: TenantID, _ arrival: Arrival,
        _ next: () async throws -> [UInt8]?
    ) async throws -> Received {
        let path = Self.path(of: DocumentID(.timeOrdered()), user, filename, declared)
        let writer = try await blobs.writer(for: path)
        do {
            var length = 0
            while let bytes = try await next() {
                arrival.advance(bytes.count)
                // Other uploads arrive at the same time, perhaps of unknown length.
                if length / Self.spaceCheckBytes != (length + bytes.count) / Self.spaceCheckBytes {
                    try await requireSpace(for: 0)
                }
                length += bytes.count
                guard length <= bytesMax else { throw tooLarge }
                try await writer.append(bytes)
            }
            guard length > 0 else { throw Self.empty }
        } catch {
            await writer.abort()
            throw error
        }
        return Received(writer: writer, path: path, filename: filename, declared: declared)
    }

    /// Inspects a file and makes it durable if it is accepted.
    private func keep(_ received: Received) async throws -> Stored {
        do {
            let found = try await received.writer.withLocalFile { file async throws(JobFailure) in
                try await inspector.inspect(
                    path: file, filename: received.filename, declaredMIME: received.declared)
            }
            try await received.writer.commit()
            return Stored(path: received.path, filename: received.filename, found: found)
        } catch {
            await received.writer.abort()
            throw error
        }
    }

    static func path(
        of document: DocumentID, _ user: TenantID, _ filename: String, _ declared: String
    ) -> BlobPath {
        let type = MediaType(filename: filename) ?? MediaType(contentType: declared)
        return BlobPath(
            kind: .raw, user: user, document: document, fileExtension: type?.fileExtension ?? "bin")
    }

    /// Records a document whose bytes are stored, and sends the hint of its job.
    func accept(
        _ stored: Stored, _ user: TenantID, _ key: String?, _ context: ServingContext
    ) async throws -> Response {
        let upload = Upload(
            document: stored.path.document, job: JobID(.timeOrdered()), user: user,
            filename: stored.filename, mime: stored.found.mime,
            byteCount: stored.found.byteCount, sha256: stored.found.sha256,
            rawPath: stored.path.description, idempotencyKey: key,
            correlationID: context.requestID)
        // After a CatalogueError the commit may have happened; the row then needs the bytes.
        let acceptance = try await catalogue.accept(upload)
        switch acceptance {
        case .accepted:
            // Sent after the response, so that a broker that hangs does not delay uploads.
            hints.put(upload.job, to: .parse)
            return Self.answer(
                .accepted,
                Answer(
                    documentId: upload.document, jobId: upload.job, duplicate: false,
                    stage: "queued", state: "queued"))
        case .known(let known):
            if known.document != upload.document, !stored.isShared {
                await discard(stored.path, context)
            }
            return Self.answer(.ok, Answer(known))
        case .keyTaken:
            if !stored.isShared { await discard(stored.path, context) }
            throw Problem(
                .idempotencyKeyReused,
                "This Idempotency-Key was sent with other bytes within the last day.")
        }
    }

    /// Deletes an unneeded blob. If that fails, the reconciler collects it.
    private func discard(_ path: BlobPath, _ context: ServingContext) async {
        do {
            try await blobs.delete(path)
        } catch {
            context.logger.warning(
                "blob not deleted; the reconciler will", metadata: ["error": "\(error)"])
        }
    }

    struct Answer: Encodable {
        let documentId: DocumentID
        let jobId: JobID
        /// Whether the tenant already had these bytes; then document and job are the earlier ones.
        let duplicate: Bool
        let stage: String
        let state: String
    }

    static func answer(_ status: HTTPResponse.Status, _ answer: Answer) -> Response {
        JSON.response(answer, status: status, headers: [.location: "/v1/jobs/\(answer.jobId)"])
    }

    var tooLarge: Problem {
        Problem(.tooLarge, "A document may have \(bytesMax) bytes.")
    }

    static let empty = Problem(
        .emptyDocument, "The document has no bytes.")

    /// The last component of a path, without control characters, line separators and bidirectional
    /// controls, which could make one name look like another.
    static func filename(_ text: String) throws(Problem) -> String {
        let last = text.split { $0 == "/" || $0 == "\\" }.last ?? ""
        let clean = String(String.UnicodeScalarView(last.unicodeScalars.filter { !isHidden($0) }))
        let isVisible = clean.unicodeScalars.contains {
            !$0.properties.isDefaultIgnorableCodePoint && !$0.properties.isWhitespace
        }
        guard isVisible, clean != ".", clean != ".." else {
            throw Problem(
                .filenameMissing,
                "Name the file: ?filename=…, a Content-Disposition, or a part with a filename.")
        }
        guard clean.utf8.count <= 255 else {
            throw Problem(
                .filenameTooLong, "A filename must be at most 255 bytes.")
        }
        return clean
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        // The characters with the property Bidi_Control (Unicode, PropList.txt).
        default:
            ("\u{202A}"..."\u{202E}").contains(scalar) || ("\u{2066}"..."\u{2069}").contains(scalar)
                || ["\u{061C}", "\u{200E}", "\u{200F}"].contains(scalar)
        }
    }

    static func idempotencyKey(_ request: Request) throws(Problem) -> String? {
        guard let key = request.headers[.idempotencyKey] else { return nil }
        guard (1...255).contains(key.utf8.count) else {
            throw Problem(
                .idempotencyKeyInvalid,
                "An Idempotency-Key must have 1 to 255 bytes.")
        }
        return key
    }
}

extension Uploads.Answer {
    /// The answer for a document that was uploaded earlier.
    init(_ known: KnownUpload) {
        self.init(
            documentId: known.document, jobId: known.job, duplicate: true, stage: known.stage,
            state: known.state)
    }
}
