package import Domain
import FoundationEssentials
import Glibc
package import NIOPosix
import Pipeline
import Synchronization

/// A temporary file while it is written. It is deleted on deinit unless it was synced.
final class ScratchFile: Sendable {
    let path: String
    private let threads: NIOThreadPool
    private let descriptor: Mutex<Int32?>

    /// Creates a new file.
    init(at path: String, threads: NIOThreadPool) throws(JobFailure) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw .blobNotMade("create", at: path) }
        self.path = path
        self.threads = threads
        self.descriptor = Mutex(descriptor)
    }

    deinit { remove() }

    /// Deletes scratch files in `folder` that killed processes left more than a day ago.
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

    /// A file with a random name.
    convenience init(in folder: String, threads: NIOThreadPool) throws(JobFailure) {
        let name = Self.prefix + UUID().uuidString.lowercased() + Self.suffix
        try self.init(at: "\(folder)/\(name)", threads: threads)
    }

    private static let prefix = "millrace-"
    private static let suffix = ".part"

    func append(_ bytes: RawSpan) throws(JobFailure) {
        guard let descriptor = descriptor.withLock({ $0 }) else {
            preconditionFailure("append after the file was closed")
        }
        var offset = 0
        while offset < bytes.byteCount {
            let written = bytes.extracting(droppingFirst: offset).withUnsafeBytes {
                write(descriptor, $0.baseAddress, $0.count)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw .blobNotMade("write", at: path) }
            offset += written
        }
    }

    func append(_ bytes: [UInt8]) async throws(JobFailure) {
        try await threads.blocking { () throws(JobFailure) in
            try self.append(bytes.span.bytes)
        }
    }

    /// Syncs and closes the file; its bytes then survive a power failure.
    func sync() throws(JobFailure) {
        guard let descriptor = take() else { preconditionFailure("sync after the file was closed") }
        let synced = fsync(descriptor) == 0
        guard close(descriptor) == 0, synced else {
            let failure = JobFailure.blobNotMade("write", at: path)
            unlink(path)
            throw failure
        }
    }

    /// Closes and deletes the file, unless it was synced or removed already.
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
    /// Runs blocking file calls on the pool.
    package func blocking<R: Sendable>(
        _ body: @escaping @Sendable () throws(JobFailure) -> R
    ) async throws(JobFailure) -> R {
        do {
            return try await runIfActive { try body() }
        } catch let failure as JobFailure {
            throw failure
        } catch {
            throw .unavailable(.storage(.blobUnavailable), "\(error)")
        }
    }
}
