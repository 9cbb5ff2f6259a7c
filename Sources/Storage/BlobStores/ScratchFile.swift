package import Domain
import FoundationEssentials
import Glibc
package import NIOPosix
import Pipeline
import Synchronization

/// A file being written that nobody else knows of; it is gone when it is dropped unkept.
final class ScratchFile: Sendable {
    let path: String
    private let threads: NIOThreadPool
    private let descriptor: Mutex<Int32?>

    /// Makes a new file.
    init(at path: String, threads: NIOThreadPool) throws(StageFailure) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw .blobNotMade("create", path) }
        self.path = path
        self.threads = threads
        self.descriptor = Mutex(descriptor)
    }

    deinit { remove() }

    /// Deletes what processes left in a folder that were killed, a day ago or before.
    static func sweep(_ folder: String) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            return
        }
        for name in names where name.hasPrefix(prefix) && name.hasSuffix(suffix) {
            var information = stat()
            guard stat("\(folder)/\(name)", &information) == 0,
                information.st_mtim.tv_sec < time(nil) - 86_400
            else { continue }
            unlink("\(folder)/\(name)")
        }
    }

    /// A file of no lasting name.
    convenience init(in folder: String, threads: NIOThreadPool) throws(StageFailure) {
        let name = Self.prefix + UUID().uuidString.lowercased() + Self.suffix
        try self.init(at: "\(folder)/\(name)", threads: threads)
    }

    private static let prefix = "millrace-"
    private static let suffix = ".part"

    func append(_ bytes: RawSpan) throws(StageFailure) {
        guard let descriptor = descriptor.withLock({ $0 }) else {
            preconditionFailure("append after the end")
        }
        var offset = 0
        while offset < bytes.byteCount {
            let written = bytes.extracting(droppingFirst: offset).withUnsafeBytes {
                write(descriptor, $0.baseAddress, $0.count)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw .blobNotMade("write", path) }
            offset += written
        }
    }

    func append(_ bytes: [UInt8]) async throws(StageFailure) {
        try await threads.blocking { () throws(StageFailure) in
            try self.append(bytes.span.bytes)
        }
    }

    /// Ends the writing; the file's bytes survive a power cut.
    func sync() throws(StageFailure) {
        guard let descriptor = take() else { preconditionFailure("sync after the end") }
        let synced = fsync(descriptor) == 0
        guard close(descriptor) == 0, synced else {
            let failure = StageFailure.blobNotMade("write", path)
            unlink(path)
            throw failure
        }
    }

    /// Ends the writing and the file.
    func remove() {
        guard let descriptor = take() else { return }
        close(descriptor)
        unlink(path)
    }

    private func take() -> Int32? {
        descriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
    }
}

extension NIOThreadPool {
    /// Runs file calls, which block.
    package func blocking<R: Sendable>(
        _ body: @escaping @Sendable () throws(StageFailure) -> R
    ) async throws(StageFailure) -> R {
        do {
            return try await runIfActive { try body() }
        } catch let failure as StageFailure {
            throw failure
        } catch {
            throw .unavailable("blob_unavailable", "\(error)")
        }
    }
}
