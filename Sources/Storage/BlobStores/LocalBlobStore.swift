// BlobStores: stores the bytes of documents, in a folder or in a bucket.
//
// Invariants: a blob is visible as a whole or not at all. A visible blob survives a power failure
// (written to a temporary file, fsynced, renamed, directory fsynced).
// Neighbours: the BlobStore port of Pipeline.

package import Domain
import FailPoints
import FoundationEssentials
import Glibc
package import NIOPosix
package import Pipeline

/// Stores blobs as files below one folder. File calls block, so they run on a thread pool.
package struct LocalBlobStore: BlobStore {
    let root: String
    let threads: NIOThreadPool

    package init(root: String, threads: NIOThreadPool = .singleton) {
        self.root = root
        self.threads = threads
    }

    package func writer(for path: BlobPath) async throws(JobFailure) -> any BlobWriter {
        let file = file(path)
        let scratch = try await threads.blocking { [threads] () throws(JobFailure) in
            try Self.scratch(for: file, threads)
        }
        return LocalBlobWriter(store: self, path: file, scratch: scratch)
    }

    /// Free bytes of the root's file system for unprivileged users.
    package func freeBytes() async throws(JobFailure) -> Int? {
        try await threads.blocking { [root] () throws(JobFailure) in
            var system = statvfs()
            if statvfs(root, &system) != 0 {
                // No blob has been stored yet.
                try Self.makeFolder(of: root + "/.")
                guard statvfs(root, &system) == 0 else { throw .blob("stat", at: root) }
            }
            return Int(clamping: UInt64(system.f_bavail) * UInt64(system.f_frsize))
        }
    }

    package func put(_ bytes: [UInt8], at path: BlobPath) async throws(JobFailure) {
        let file = file(path)
        try await threads.blocking { [threads] () throws(JobFailure) in
            let scratch = try Self.scratch(for: file, threads)
            try scratch.append(bytes.span.bytes)
            try Self.commit(scratch, to: file)
        }
    }

    package func read(_ path: BlobPath, bytesMax: Int) async throws(JobFailure) -> [UInt8] {
        let file = file(path)
        return try await threads.blocking { () throws(JobFailure) in
            let descriptor = open(file, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw .blob("open", at: file) }
            defer { close(descriptor) }
            var information = stat()
            guard fstat(descriptor, &information) == 0 else { throw .blob("stat", at: file) }
            guard information.st_size <= bytesMax else {
                throw .permanent(
                    .document(.tooLarge),
                    "the blob of \(information.st_size) bytes exceeds the limit of \(bytesMax) "
                        + "bytes")
            }
            return try Self.readAll(
                descriptor, byteCount: Int(information.st_size), file)
        }
    }

    package func withLocalFile<R: Sendable>(
        _ path: BlobPath, _ body: (String) async throws(JobFailure) -> R
    ) async throws(JobFailure) -> R {
        let file = file(path)
        try await threads.blocking { () throws(JobFailure) in
            guard access(file, R_OK) == 0 else { throw .blob("open", at: file) }
        }
        return try await body(file)
    }

    package func delete(_ path: BlobPath) async throws(JobFailure) {
        let file = file(path)
        try await threads.blocking { () throws(JobFailure) in
            FailPoint.pass(.before, "blob delete")
            guard unlink(file) == 0 || errno == ENOENT else { throw .blob("delete", at: file) }
            FailPoint.pass(.after, "blob delete")
        }
    }

    func file(_ path: BlobPath) -> String { "\(root)/\(path.key)" }

    /// A temporary file in the folder of `file`, to be renamed once it is complete.
    private static func scratch(
        for file: String, _ threads: NIOThreadPool
    ) throws(JobFailure) -> ScratchFile {
        try makeFolder(of: file)
        let temporary = "\(file).\(UUID().uuidString.lowercased()).part"
        return try ScratchFile(at: temporary, threads: threads)
    }

    /// Moves a written file into place durably.
    static func commit(_ scratch: ScratchFile, to file: String) throws(JobFailure) {
        FailPoint.pass(.before, "blob sync")
        try scratch.sync()
        FailPoint.pass(.before, "blob rename")
        guard rename(scratch.path, file) == 0 else {
            let failure = JobFailure.blob("rename", at: scratch.path)
            unlink(scratch.path)
            throw failure
        }
        FailPoint.pass(.after, "blob rename")
        try syncFolder(of: file)
    }

    /// Creates the folder of a file and its missing parents, durably.
    private static func makeFolder(of path: String) throws(JobFailure) {
        let folder = folder(of: path)
        guard mkdir(folder, 0o750) != 0 else { return try syncFolder(of: folder) }
        if errno == EEXIST { return }
        guard errno == ENOENT, !folder.isEmpty else { throw .blob("make", at: folder) }
        try makeFolder(of: folder)
        guard mkdir(folder, 0o750) == 0 || errno == EEXIST else { throw .blob("make", at: folder) }
        try syncFolder(of: folder)
    }

    /// Syncs the folder of a path. Without this a power failure could lose a new name in it.
    private static func syncFolder(of path: String) throws(JobFailure) {
        let folder = folder(of: path)
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .blob("open", at: folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .blob("sync", at: folder) }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func readAll(
        _ descriptor: Int32, byteCount size: Int, _ file: String
    ) throws(JobFailure) -> [UInt8] {
        var count = 0
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
            while count < size {
                let got = Glibc.read(descriptor, buffer.baseAddress! + count, size - count)
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { break }
                count += got
            }
            failed = count < size
            initialized = count
        }
        if failed { throw .blob("read", at: file) }
        return bytes
    }
}

extension JobFailure {
    /// Translates `errno` of a call that creates or writes a file, where ENOENT is not a missing
    /// blob.
    static func blobNotMade(_ verb: String, at path: String) -> JobFailure {
        let isMissing = errno == ENOENT
        let failure = blob(verb, at: path)
        return isMissing ? .unavailable(.storage(.blobUnavailable), failure.message) : failure
    }

    /// Translates `errno` of a file call.
    package static func blob(_ verb: String, at path: String) -> JobFailure {
        let code = errno
        let reason = String(cString: strerror(code))
        return switch code {
        case ENOENT: .permanent(.storage(.blobMissing), "cannot \(verb) \(path): \(reason)")
        case ENOSPC, EDQUOT: .unavailable(.storage(.diskFull), "cannot \(verb) \(path): \(reason)")
        case EMFILE, ENFILE, ENOMEM, EROFS:
            .unavailable(.storage(.blobUnavailable), "cannot \(verb) \(path): \(reason)")
        default: .transient(.storage(.blobUnavailable), "cannot \(verb) \(path): \(reason)")
        }
    }
}
