import Domain
import Glibc
import Pipeline

/// The blobs of a backup in key order, one per line, in the format of `sha256sum --check`.
struct BlobList: Sendable {
    struct Entry: Sendable, Equatable {
        var path: BlobPath
        var sha256: String
    }

    let file: String

    func append(_ entries: [Entry]) async throws(BackupError) {
        let lines = entries.map { "\($0.sha256)  \($0.path.key)\n" }.joined()
        try await BackupFiles.append(Array(lines.utf8), to: file)
    }

    /// Reads about a thousand entries from an offset; none at the end of the file.
    ///
    /// - Parameter offset: the first byte to read; advanced past the last byte read.
    func page(at offset: inout Int) async throws(BackupError) -> [Entry] {
        let start = offset
        let lines = try await BackupFiles.blocking { () throws(BackupError) -> [String] in
            try readLines(from: start)
        }
        offset += lines.reduce(0) { $0 + $1.utf8.count + 1 }
        return try lines.map { (line) throws(BackupError) in
            guard let entry = Self.entry(line) else {
                throw .damaged("\(file) has the line '\(line.prefix(200))'")
            }
            return entry
        }
    }

    private static let pageBytes = 128 << 10

    private func readLines(from offset: Int) throws(BackupError) -> [String] {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("open", at: file) }
        defer { close(descriptor) }
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.pageBytes) { buffer, initialized in
            count = pread(descriptor, buffer.baseAddress!, buffer.count, offset)
            initialized = max(0, count)
        }
        guard count >= 0 else { throw .system("read", at: file) }
        guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else {
            guard bytes.isEmpty else { throw .damaged("\(file) ends in the middle of a line") }
            return []
        }
        return bytes[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private static func entry(_ line: String) -> Entry? {
        let words = line.split(separator: "  ", maxSplits: 1)
        guard words.count == 2, words[0].utf8.count == 64,
            let path = BlobPath("storage://\(words[1])")
        else { return nil }
        return Entry(path: path, sha256: String(words[0]))
    }

    /// Calls `body` with all entries, a page at a time.
    func eachPage(_ body: ([Entry]) async throws(BackupError) -> Void) async throws(BackupError) {
        var offset = 0
        while case let page = try await page(at: &offset), !page.isEmpty { try await body(page) }
    }
}
