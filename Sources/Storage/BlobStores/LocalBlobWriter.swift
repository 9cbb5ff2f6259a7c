import Domain
import Pipeline

/// Writes one blob to a temporary file and moves it into place on commit.
struct LocalBlobWriter: BlobWriter {
    let store: LocalBlobStore
    let path: String
    let scratch: ScratchFile

    func append(_ bytes: [UInt8]) async throws(JobFailure) { try await scratch.append(bytes) }

    func withLocalFile<R: Sendable>(
        _ body: (String) async throws(JobFailure) -> R
    ) async throws(JobFailure) -> R {
        try await body(scratch.path)
    }

    func commit() async throws(JobFailure) {
        try await store.threads.blocking { () throws(JobFailure) in
            try LocalBlobStore.commit(scratch, to: path)
        }
    }

    func abort() async { scratch.remove() }
}
