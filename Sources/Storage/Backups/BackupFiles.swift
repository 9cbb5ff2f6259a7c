import BlobStores
import Domain
import Glibc
import NIOPosix

/// File calls of a backup. They block, so they run on a thread pool.
enum BackupFiles {
    private static let threads = NIOThreadPool.singleton
    private static let pieceBytes = 1 << 20

    static func blocking<R: Sendable>(
        _ body: @escaping @Sendable () throws(BackupError) -> R
    ) async throws(BackupError) -> R {
        do {
            return try await threads.runIfActive { try body() }
        } catch {
            throw BackupError(error)
        }
    }

    /// Calls `body` with the bytes of a file, a MiB at a time.
    static func eachPiece(
        of file: String, _ body: ([UInt8]) async throws(JobFailure) -> Void
    ) async throws(JobFailure) {
        let descriptor = try await threads.blocking { () throws(JobFailure) in
            let descriptor = open(file, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw .blob("open", at: file) }
            return descriptor
        }
        defer { close(descriptor) }
        while true {
            let piece = try await threads.blocking { () throws(JobFailure) in
                try read(descriptor, file)
            }
            if piece.isEmpty { return }
            try await body(piece)
        }
    }

    private static func read(_ descriptor: Int32, _ file: String) throws(JobFailure) -> [UInt8] {
        var count = 0
        let piece = [UInt8](unsafeUninitializedCapacity: pieceBytes) { buffer, initialized in
            repeat {
                count = Glibc.read(descriptor, buffer.baseAddress!, buffer.count)
            } while count < 0 && errno == EINTR
            initialized = max(0, count)
        }
        guard count >= 0 else { throw .blob("read", at: file) }
        return piece
    }

    /// Length and SHA-256 of a file.
    static func measure(_ file: String) async throws(JobFailure) -> (bytes: Int, sha256: String) {
        var hashed = HashedBytes()
        try await eachPiece(of: file) { (piece) throws(JobFailure) in hashed.add(piece) }
        return (hashed.count, hashed.sha256)
    }

    /// Appends to a file; creates it if it does not exist.
    static func append(_ bytes: [UInt8], to file: String) async throws(BackupError) {
        try await blocking { () throws(BackupError) in
            try write(bytes, to: file, O_APPEND)
        }
    }

    /// Syncs a file, so that its bytes survive a power failure.
    static func sync(_ file: String) async throws(BackupError) {
        try await blocking { () throws(BackupError) in try syncNow(file) }
    }

    /// Replaces a file atomically and durably.
    static func replace(_ file: String, with bytes: [UInt8]) async throws(BackupError) {
        try await blocking { () throws(BackupError) in
            let fresh = file + ".new"
            try write(bytes, to: fresh, O_TRUNC)
            try syncNow(fresh)
            guard rename(fresh, file) == 0 else { throw .system("write", at: file) }
            let slash = file.lastIndex(of: "/") ?? file.startIndex
            try syncNow(String(file[..<slash]))
        }
    }

    private static func write(
        _ bytes: [UInt8], to file: String, _ flag: Int32
    ) throws(BackupError) {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_CLOEXEC | flag, 0o600)
        guard descriptor >= 0 else { throw .system("write", at: file) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw .system("write", at: file) }
            rest = rest.dropFirst(written)
        }
    }

    private static func syncNow(_ file: String) throws(BackupError) {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("open", at: file) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system("sync", at: file) }
    }
}
