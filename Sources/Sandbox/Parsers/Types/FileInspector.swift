import Concurrency
import Crypto
package import Domain
import Glibc
package import Pipeline

/// Determines the length, hash and type of a document's file.
package struct FileInspector: DocumentInspector {
    private let slots: AsyncSemaphore

    package init(concurrentMax: Int = ParserLimits.processors) {
        slots = AsyncSemaphore(permits: concurrentMax)
    }

    package func inspect(
        path: String, filename: String, declaredMIME: String
    ) async throws(JobFailure) -> InspectedDocument {
        guard await slots.acquire() else {
            throw .transient(.worker(.cancelled), "the inspection was cancelled")
        }
        defer { slots.release() }
        return try await BlockingThread.run { () throws(JobFailure) in
            try Self.inspectBlocking(path, filename: filename, declared: declaredMIME)
        } orElse: { reason throws(JobFailure) -> InspectedDocument in
            throw .noThread(reason)
        }
    }

    private static func inspectBlocking(
        _ path: String, filename: String, declared: String
    ) throws(JobFailure) -> InspectedDocument {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .transient(.storage(.blobUnreadable), "the document's file cannot be opened")
        }
        defer { close(descriptor) }
        let (length, hash) = try hashed(descriptor)
        let sample = try DocumentSample.read(descriptor: descriptor, length: length)
        let detection = TypeSniffer.detect(sample, filename: filename, declared: declared)
        return InspectedDocument(
            byteCount: length, sha256: hash, mime: try detection.supportedType().rawValue)
    }

    private static func hashed(_ descriptor: Int32) throws(JobFailure) -> (Int, String) {
        var hash = SHA256()
        var length = 0
        var block = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = read(descriptor, &block, block.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                throw .transient(.storage(.blobUnreadable), "the document's file cannot be read")
            }
            if count == 0 { return (length, hash.finalize().hexadecimal) }
            block.withUnsafeBytes { bytes in
                hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            }
            length += count
        }
    }
}
