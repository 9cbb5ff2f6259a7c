import Domain
import Glibc

/// What determines a document's type: its start, for archives its end, and for compound files the
/// names at their root.
package struct DocumentSample: Sendable {
    /// At most `bytesMax` leading bytes.
    package var head: [UInt8]
    /// At most `bytesMax` last bytes; empty when they are not available yet.
    package var tail: [UInt8]
    /// Length of the whole document in bytes, if known.
    package var length: Int?
    /// `nil` for other files than compound files.
    var compound: CompoundDirectory?

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
        var sample = DocumentSample(head: head, tail: tail, length: length)
        if head.starts(with: CompoundDirectory.signature) {
            sample.compound = try CompoundDirectory(length: length) {
                (offset, count) throws(JobFailure) in
                try bytes(of: descriptor, at: offset, count: count)
            }
        }
        return sample
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
