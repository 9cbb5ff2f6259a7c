import Domain
import Glibc

/// The bytes that determine a document's type: its start and, for archives, its end.
package struct DocumentSample: Sendable {
    /// At most `bytesMax` leading bytes.
    package var head: [UInt8]
    /// At most `bytesMax` last bytes; empty when they are not available yet.
    package var tail: [UInt8]
    /// Length of the whole document in bytes, if known.
    package var length: Int?

    /// Enough for the directory of several hundred archive entries.
    package static let bytesMax = 65_536

    package init(head: [UInt8], tail: [UInt8] = [], length: Int? = nil) {
        self.head = head
        self.tail = tail
        self.length = length
    }

    /// Reads the sample of a local file. Blocks.
    static func read(descriptor: Int32, length: Int) throws(JobFailure) -> DocumentSample {
        let head = try bytes(of: descriptor, at: 0, count: min(length, bytesMax))
        let tailStart = max(0, length - bytesMax)
        let tail = try bytes(of: descriptor, at: tailStart, count: length - tailStart)
        return DocumentSample(head: head, tail: tail, length: length)
    }

    private static func bytes(
        of descriptor: Int32, at offset: Int, count: Int
    ) throws(JobFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                pread(
                    descriptor, buffer.baseAddress.map { $0 + filled }, count - filled,
                    off_t(offset + filled))
            }
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else {
                throw .transient(.storage(.blobUnreadable), "the document's file cannot be read")
            }
            filled += got
        }
        return bytes
    }
}
