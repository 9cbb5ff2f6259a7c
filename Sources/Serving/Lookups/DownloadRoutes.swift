import Domain
import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOPosix
import Pipeline
import Querying

/// Serves the bytes of documents as they were uploaded, and the texts that parsers made of them.
struct DownloadRoutes: Sendable {
    private let documents: any DocumentQueries
    private let blobs: any BlobStore
    /// For blobs that are being opened: a store may copy one to a local file first.
    private let admission = Admission(places: 16)

    init(documents: any DocumentQueries, blobs: any BlobStore) {
        self.documents = documents
        self.blobs = blobs
    }

    /// `GET /v1/documents/{document}/content`
    func content(_ request: Request, _ context: ServingContext) async throws -> Response {
        let files = try await files(context)
        var response = try await response(files.original, as: files.mime, context)
        response.headers[.contentDisposition] = Self.attachment(named: files.filename)
        // A page of the tenant's must not run scripts under the API's address.
        response.headers[.contentSecurityPolicy] = "sandbox"
        return response
    }

    /// `GET /v1/documents/{document}/text`
    func text(_ request: Request, _ context: ServingContext) async throws -> Response {
        guard let path = try await files(context).text else {
            throw Problem(
                .documentNotParsed,
                "The document has no text yet. Its job shows how far it is, or why it failed.")
        }
        return try await response(path, as: "text/markdown; charset=utf-8", context)
    }

    private func files(_ context: ServingContext) async throws -> DocumentFiles {
        let id: DocumentID = try context.identifier("document", of: .document)
        guard let files = try await documents.files(of: id, tenant: context.requireTenant())
        else { throw Problem.notFound(.document) }
        return files
    }

    private func response(
        _ path: String, as type: String, _ context: ServingContext
    ) async throws -> Response {
        guard let path = BlobPath(path) else {
            throw JobFailure.permanent(
                .database(.badPath), "'\(path)' is not a path of blob storage")
        }
        let file = try await admission.admit(context.requireTenant()) {
            try await blobs.withLocalFile(path) { local throws(JobFailure) in
                try OpenFile(path: local)
            }
        }
        return Response(
            status: .ok, headers: [.contentType: type],
            body: ResponseBody(contentLength: file.byteCount) { writer in
                while let bytes = try await file.next() { try await writer.write(bytes) }
                try await writer.finish(nil)
            })
    }

    /// RFC 6266, with the encoding of RFC 8187.
    private static func attachment(named filename: String) -> String {
        "attachment; filename*=UTF-8''" + filename.percentEncoded()
    }
}

/// A file that is read from start to end. It stays readable after its name is deleted.
private final class OpenFile: Sendable {
    let byteCount: Int
    private let descriptor: Int32

    private static let chunkBytes = 256 << 10

    init(path: String) throws(JobFailure) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .transient(.storage(.blobUnreadable), "the document's file cannot be opened")
        }
        var status = stat()
        fstat(descriptor, &status)
        byteCount = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// The next bytes; `nil` at the end. Reads on a thread for blocking calls.
    func next() async throws -> ByteBuffer? {
        try await NIOThreadPool.singleton.runIfActive { [self] in
            var failed = false
            let bytes = [UInt8](unsafeUninitializedCapacity: Self.chunkBytes) { buffer, count in
                let length = read(descriptor, buffer.baseAddress, buffer.count)
                failed = length < 0
                count = max(0, length)
            }
            guard !failed else { throw IOError(errnoCode: errno, reason: "read") }
            return bytes.isEmpty ? nil : ByteBuffer(bytes: bytes)
        }
    }
}
