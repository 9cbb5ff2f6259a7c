import Domain
import FailPoints
import Glibc
import Pipeline
import Synchronization

/// Writes one blob aside and moves it into place on commit.
final class LocalBlobWriter: BlobWriter {
    private let store: LocalBlobStore
    private let target: BlobFile
    private let descriptor: Mutex<Int32?>

    init(store: LocalBlobStore, target: BlobFile, descriptor: Int32) {
        self.store = store
        self.target = target
        self.descriptor = Mutex(descriptor)
    }

    deinit {
        if let open = descriptor.withLock({ $0 }) {
            close(open)
            unlink(target.temporary)
        }
    }

    func append(_ bytes: [UInt8]) async throws(StageFailure) {
        guard let descriptor = descriptor.withLock({ $0 }) else {
            preconditionFailure("append after commit or abort")
        }
        let target = target
        try await store.run { () throws(StageFailure) in
            var offset = 0
            while offset < bytes.count {
                let written = bytes.withUnsafeBytes {
                    write(descriptor, $0.baseAddress! + offset, bytes.count - offset)
                }
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { throw .blob("write", target.temporary) }
                offset += written
            }
        }
    }

    func commit() async throws(StageFailure) {
        guard let descriptor = take() else { preconditionFailure("commit twice") }
        let target = target
        try await store.run { () throws(StageFailure) in
            do throws(StageFailure) {
                FailPoint.pass(.before, "blob sync")
                let synced = fsync(descriptor) == 0
                let closed = close(descriptor) == 0
                guard synced, closed else { throw .blob("write", target.temporary) }
                FailPoint.pass(.before, "blob rename")
                guard rename(target.temporary, target.path) == 0 else {
                    throw .blob("rename", target.temporary)
                }
            } catch {
                unlink(target.temporary)
                throw error
            }
            FailPoint.pass(.after, "blob rename")
            try LocalBlobStore.syncFolder(of: target.path)
        }
    }

    func abort() async {
        guard let descriptor = take() else { return }
        close(descriptor)
        unlink(target.temporary)
    }

    private func take() -> Int32? {
        descriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
    }
}
