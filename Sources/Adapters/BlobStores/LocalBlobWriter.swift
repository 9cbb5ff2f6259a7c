import Domain
import FailPoints
import Glibc
import Pipeline

/// Writes one blob aside and moves it into place on commit.
struct LocalBlobWriter: BlobWriter {
    let store: LocalBlobStore
    let path: String
    let scratch: ScratchFile

    func append(_ bytes: [UInt8]) async throws(StageFailure) { try await scratch.append(bytes) }

    func withLocalFile<R: Sendable>(
        _ body: (String) async throws(StageFailure) -> R
    ) async throws(StageFailure) -> R {
        try await body(scratch.path)
    }

    func commit() async throws(StageFailure) {
        try await store.threads.blocking { () throws(StageFailure) in
            FailPoint.pass(.before, "blob sync")
            try scratch.sync()
            FailPoint.pass(.before, "blob rename")
            guard rename(scratch.path, path) == 0 else {
                let failure = StageFailure.blob("rename", scratch.path)
                unlink(scratch.path)
                throw failure
            }
            FailPoint.pass(.after, "blob rename")
            try LocalBlobStore.syncFolder(of: path)
        }
    }

    func abort() async { scratch.remove() }
}
