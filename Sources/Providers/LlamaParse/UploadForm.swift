import AsyncHTTPClient
import Domain
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Pipeline
import ProviderHTTP
import _NIOFileSystem

/// A multipart form that streams a document from its file.
struct UploadForm {
    private let source: SourceDocument
    private let boundary = "millrace-\(UUID().uuidString)"
    private let fields: [(name: String, value: String)]

    init(fields: [(name: String, value: String)], _ source: SourceDocument) {
        self.fields = fields
        self.source = source
    }

    func send(
        _ request: HTTPClientRequest, by http: HTTPClient, timeout: Duration
    ) async throws(JobFailure) -> ProviderAnswer {
        let (head, tail) = (ByteBuffer(string: head), ByteBuffer(string: "\r\n--\(boundary)--\r\n"))
        let length = Int64(head.readableBytes + source.byteCount + tail.readableBytes)
        var request = request
        request.headers.add(
            name: "Content-Type", value: "multipart/form-data; boundary=\(boundary)")
        do {
            return try await FileSystem.shared.withFileHandle(
                forReadingAt: FilePath(source.path)
            ) { [request] file in
                var request = request
                request.body = .stream(
                    Parts(
                        head: head, file: file.readChunks(chunkLength: .kibibytes(256)),
                        tail: tail),
                    length: .known(length))
                return try await http.exchange(request, timeout: timeout, bytesMax: 1 << 20)
            }
        } catch let failure as JobFailure {
            throw failure
        } catch {
            throw .transient(.storage(.blobUnreadable), "the document cannot be read: \(error)")
        }
    }

    /// Everything before the file's first byte.
    private var head: String {
        let fields = fields.map { name, value in
            """
            --\(boundary)\r
            Content-Disposition: form-data; name="\(name)"\r
            \r
            \(value)\r

            """
        }.joined()
        // The service selects the format by extension. The rest of the file name is not sent.
        let type = MediaType(contentType: source.mime)
        let name = "document.\(type?.fileExtension ?? "bin")"
        return fields + """
            --\(boundary)\r
            Content-Disposition: form-data; name="file"; filename="\(name)"\r
            Content-Type: \(source.mime)\r
            \r

            """
    }

    private struct Parts: AsyncSequence, Sendable {
        let head: ByteBuffer
        let file: FileChunks
        let tail: ByteBuffer

        struct AsyncIterator: AsyncIteratorProtocol {
            var head: ByteBuffer?
            var file: FileChunks.FileChunkIterator
            var tail: ByteBuffer?

            mutating func next() async throws -> ByteBuffer? { try await next(isolation: nil) }

            mutating func next(
                isolation actor: isolated (any Actor)?
            ) async throws(any Error) -> ByteBuffer? {
                if let head = head.take() { return head }
                if let chunk = try await file.next(isolation: actor) { return chunk }
                return tail.take()
            }
        }

        func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(head: head, file: file.makeAsyncIterator(), tail: tail)
        }
    }
}
