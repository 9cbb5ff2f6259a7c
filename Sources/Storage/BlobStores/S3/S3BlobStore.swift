package import AsyncHTTPClient
package import Domain
import FailPoints
import NIOCore
package import NIOPosix
package import Pipeline
import ProviderHTTP

/// Stores blobs in a bucket of S3 or of a compatible server.
///
/// Documents pass through a file in the scratch folder in both directions: parsers need files, and
/// the bytes of a refused upload never leave this machine. Memory does not grow with a document.
package struct S3BlobStore: BlobStore {
    let client: S3Client
    let configuration: S3Configuration
    let threads: NIOThreadPool

    /// Also deletes scratch files that earlier processes left behind.
    package init(
        _ configuration: S3Configuration, http: HTTPClient = ProviderClient.storage,
        threads: NIOThreadPool = .singleton, timing: Timing = .machine
    ) {
        client = S3Client(configuration, http: http, timing: timing)
        self.configuration = configuration
        self.threads = threads
        ScratchFile.sweep(configuration.scratch)
    }

    package func writer(for path: BlobPath) async throws(JobFailure) -> any BlobWriter {
        S3BlobWriter(
            client: client, key: path.key, scratch: try await scratchFile(),
            parts: FileParts(length: configuration.partBytes))
    }

    package func put(_ bytes: [UInt8], at path: BlobPath) async throws(JobFailure) {
        guard bytes.count > configuration.partBytes else {
            var request = client.request("PUT", path.key)
            request.payload = .bytes(bytes)
            FailPoint.pass(.before, "s3 put")
            _ = try await client.send(request)
            FailPoint.pass(.after, "s3 put")
            return
        }
        try await write(bytes, at: path)
    }

    package func read(_ path: BlobPath, bytesMax: Int) async throws(JobFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        try await client.receive(path.key, bytesMax: bytesMax) { (buffer) throws(JobFailure) in
            bytes += buffer.readableBytesView
        }
        return bytes
    }

    package func withLocalFile<R: Sendable>(
        _ path: BlobPath, _ body: (String) async throws(JobFailure) -> R
    ) async throws(JobFailure) -> R {
        let scratch = try await scratchFile()
        defer { scratch.remove() }
        try await client.receive(path.key, bytesMax: .max) { (buffer) async throws(JobFailure) in
            try await threads.blocking { () throws(JobFailure) in
                try scratch.append(buffer.readableBytesSpan)
            }
        }
        return try await body(scratch.path)
    }

    package func delete(_ path: BlobPath) async throws(JobFailure) {
        do throws(JobFailure) {
            FailPoint.pass(.before, "s3 delete")
            _ = try await client.send(client.request("DELETE", path.key))
            FailPoint.pass(.after, "s3 delete")
        } catch {
            if error.code != .storage(.blobMissing) { throw error }
        }
    }

    /// A permit for one upload of exactly this length. The signature covers the length and the
    /// condition that the object does not exist yet.
    package func uploadPermit(
        for path: BlobPath, byteCount: Int, lifetime: Duration
    ) throws(JobFailure) -> UploadPermit? {
        var request = client.request("PUT", path.key)
        request.headers["content-length"] = "\(byteCount)"
        request.headers["if-none-match"] = "*"
        return client.presigned(request, lifetime: lifetime)
    }

    private func scratchFile() async throws(JobFailure) -> ScratchFile {
        try await threads.blocking { [threads, configuration] () throws(JobFailure) in
            try ScratchFile(in: configuration.scratch, threads: threads)
        }
    }
}
