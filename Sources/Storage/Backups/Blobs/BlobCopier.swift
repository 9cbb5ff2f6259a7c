import Domain
import FailPoints
import Pipeline

/// Copies blobs between stores and checks their hashes. Memory does not grow with a blob's size.
struct BlobCopier: Sendable {
    let source: any BlobStore
    let target: any BlobStore

    enum Outcome: Sendable, Equatable {
        case copied(sha256: String)
        /// The source does not have it.
        case missing
        /// The bytes do not match the expected hash. Nothing was kept.
        case damaged
    }

    /// Number of blobs copied concurrently.
    private static let atOnce = 8

    /// Copies blobs concurrently. The outcomes are in the order of `wanted`.
    ///
    /// - Parameter wanted: paths, each with its SHA-256 if known.
    func copy(
        _ wanted: [(path: BlobPath, sha256: String?)]
    ) async throws(BackupError) -> [Outcome] {
        do {
            return try await withThrowingTaskGroup(of: (Int, Outcome).self) { group in
                var outcomes = [Outcome?](repeating: nil, count: wanted.count)
                var waiting = wanted.indices[...]
                for _ in 0..<Self.atOnce {
                    guard let index = waiting.popFirst() else { break }
                    let blob = wanted[index]
                    group.addTask { (index, try await copy(blob.path, expecting: blob.sha256)) }
                }
                for try await (index, outcome) in group {
                    outcomes[index] = outcome
                    guard let next = waiting.popFirst() else { continue }
                    let blob = wanted[next]
                    group.addTask { (next, try await copy(blob.path, expecting: blob.sha256)) }
                }
                return outcomes.compactMap(\.self)
            }
        } catch {
            throw BackupError(error)
        }
    }

    private func copy(
        _ path: BlobPath, expecting sha256: String?
    ) async throws(JobFailure) -> Outcome {
        do throws(JobFailure) {
            return try await source.withLocalFile(path) { (file) async throws(JobFailure) in
                try await copy(file, to: path, expecting: sha256)
            }
        } catch {
            if error.code == .storage(.blobMissing) { return .missing }
            throw error
        }
    }

    private func copy(
        _ file: String, to path: BlobPath, expecting expected: String?
    ) async throws(JobFailure) -> Outcome {
        let writer = try await target.writer(for: path)
        do throws(JobFailure) {
            var hash = HashedBytes()
            try await BackupFiles.eachPiece(of: file) { (piece) throws(JobFailure) in
                hash.add(piece)
                try await writer.append(piece)
            }
            let sha256 = hash.sha256
            guard expected == nil || sha256 == expected else {
                await writer.abort()
                return .damaged
            }
            try await writer.commit()
            FailPoint.pass(.after, "blob copy")
            return .copied(sha256: sha256)
        } catch {
            await writer.abort()
            throw error
        }
    }
}
