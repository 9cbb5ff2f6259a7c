import Crypto
import Domain
import FailPoints
import Pipeline
import ProviderHTTP
import Synchronization

/// Collects a blob in a scratch file and sends it on commit, in parts if it is long.
struct S3BlobWriter: BlobWriter {
    let client: S3Client
    let key: String
    let scratch: ScratchFile
    let parts: FileParts

    func append(_ bytes: [UInt8]) async throws(JobFailure) {
        try await scratch.append(bytes)
        parts.append(bytes)
    }

    func withLocalFile<R: Sendable>(
        _ body: (String) async throws(JobFailure) -> R
    ) async throws(JobFailure) -> R {
        try await body(scratch.path)
    }

    func commit() async throws(JobFailure) {
        defer { scratch.remove() }
        let parts = parts.all
        guard parts.count > 1 else {
            var request = client.request("PUT", key)
            if let part = parts.first { request.payload = .file(scratch.path, part) }
            FailPoint.pass(.before, "s3 put")
            _ = try await client.send(request)
            FailPoint.pass(.after, "s3 put")
            return
        }
        let answer = try await client.send(client.request("POST", key, query: [("uploads", "")]))
        let upload = try S3Answers.uploadID(answer.body)
        FailPoint.pass(.after, "s3 upload begun")
        do throws(JobFailure) {
            try await send(parts, in: upload)
        } catch {
            // If the abort fails, `list` aborts the upload later.
            _ = try? await client.send(client.request("DELETE", key, query: [("uploadId", upload)]))
            throw error
        }
    }

    func abort() async { scratch.remove() }

    private func send(_ parts: [FilePart], in upload: String) async throws(JobFailure) {
        var tags: [String] = []
        for (index, part) in parts.enumerated() {
            var request = client.request(
                "PUT", key, query: [("partNumber", "\(index + 1)"), ("uploadId", upload)])
            request.payload = .file(scratch.path, part)
            guard let tag = try await client.send(request).header("etag") else {
                throw .transient(
                    .storage(.blobUnavailable), "the object storage returned no ETag for a part")
            }
            tags.append(tag)
            FailPoint.pass(.after, "s3 part")
        }
        let list = tags.enumerated().map { index, tag in
            "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\(Self.escaped(tag))</ETag></Part>"
        }
        var request = client.request("POST", key, query: [("uploadId", upload)])
        request.payload = .bytes(
            Array(
                ("<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                    + list.joined() + "</CompleteMultipartUpload>").utf8))
        FailPoint.pass(.before, "s3 complete")
        do throws(JobFailure) {
            let answer = try await client.send(request)
            try S3Answers.checkCompletion(answer.body)
        } catch {
            // The completion may have succeeded with its response lost.
            guard error.code == .storage(.blobUploadGone) else { throw error }
            do throws(JobFailure) {
                _ = try await client.send(client.request("HEAD", key))
            } catch {
                throw .transient(
                    .storage(.blobUnavailable), "the object storage no longer has the upload")
            }
        }
        FailPoint.pass(.after, "s3 complete")
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { text, character in
            switch character {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            default: text.append(character)
            }
        }
    }
}

/// Divides the written bytes into parts of equal length and hashes each part as it is written.
final class FileParts: Sendable {
    private struct Open {
        var closed: [FilePart] = []
        var hash = SHA256()
        var length = 0
    }

    private let length: Int
    private let open = Mutex(Open())

    init(length: Int) { self.length = length }

    func append(_ bytes: [UInt8]) {
        open.withLock { open in
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(length - open.length)
                piece.withUnsafeBytes { open.hash.update(bufferPointer: $0) }
                open.length += piece.count
                rest = rest.dropFirst(piece.count)
                if open.length == length { close(&open) }
            }
        }
    }

    /// All parts; the last one may be shorter.
    var all: [FilePart] {
        open.withLock { open in
            if open.length > 0 { close(&open) }
            return open.closed
        }
    }

    private func close(_ open: inout Open) {
        let offset = open.closed.last.map { $0.offset + $0.length } ?? 0
        open.closed.append(
            FilePart(
                offset: offset, length: open.length, sha256: open.hash.finalize().hexadecimal))
        open.hash = SHA256()
        open.length = 0
    }
}
