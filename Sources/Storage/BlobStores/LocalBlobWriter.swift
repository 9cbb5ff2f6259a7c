import Domain
import Pipeline

/// Writes one blob to a temporary file and moves it into place on commit.
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
            try LocalBlobStore.commit(scratch, to: path)
        }
    }

    func abort() async { scratch.remove() }
}
