import BlobStores
import Crypto
import Domain
import Foundation
import Pipeline
import TestSupport
import Testing

/// The behaviour of every store, on files and on a third-party S3 server.
@Suite(.timeLimit(.minutes(5))) struct BlobStoreTests {
    enum Kind: CaseIterable { case local, s3 }

    /// Lends an empty store.
    private func withStore(_ kind: Kind, _ body: (any BlobStore) async throws -> Void) async throws
    {
        switch kind {
        case .local:
            let folder = NSTemporaryDirectory() + "millrace-blobs-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try await body(LocalBlobStore(root: folder + "/made/when/needed"))
        case .s3:
            try await Bucket.withTemporary(try await S3Server.bucket()) { bucket in
                try await body(bucket.store)
                #expect(try bucket.leavings == [])
            }
        }
    }

    private func path(_ kind: BlobPath.Kind = .raw, tenant: TenantID = TenantID()) -> BlobPath {
        BlobPath(kind: kind, tenant: tenant, document: DocumentID(), fileExtension: "md")
    }

    /// Enough for a multipart upload of three parts.
    private static let long = (0..<11 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

    @Test(arguments: Kind.allCases)
    func `a blob is read as it was written, and replaces an earlier one`(kind: Kind) async throws {
        try await withStore(kind) { store in
            let path = path()
            for size in [1, 100_000, Self.long.count, 5 << 20, 3, 0] {
                let bytes = Array(Self.long.prefix(size))
                try await store.put(bytes, at: path)
                #expect(try await store.read(path, bytesMax: 1 << 24) == bytes)
            }
        }
    }

    @Test(arguments: Kind.allCases)
    func
        `a blob written in pieces can be read before its commit by its writer, and by all after it`(
            kind: Kind
        ) async throws
    {
        try await withStore(kind) { store in
            let path = path()
            let writer = try await store.writer(for: path)
            for start in stride(from: 0, to: Self.long.count, by: 700_001) {
                try await writer.append(Array(Self.long[start...].prefix(700_001)))
            }
            let hash = SHA256.hash(data: Self.long).hexadecimal
            #expect(try await writer.withLocalFile { try! Self.hash(of: $0) } == hash)
            let failure = await #expect(throws: JobFailure.self) {
                try await store.withLocalFile(path) { _ in }
            }
            #expect(failure?.code == .storage(.blobMissing))
            try await writer.commit()
            #expect(try await store.withLocalFile(path) { try! Self.hash(of: $0) } == hash)
        }
    }

    private static func hash(of file: String) throws -> String {
        SHA256.hash(data: try Data(contentsOf: URL(filePath: file))).hexadecimal
    }

    @Test(arguments: Kind.allCases)
    func `a blob does not exist before its commit or after an abort`(kind: Kind) async throws {
        try await withStore(kind) { store in
            let path = path()
            let writer = try await store.writer(for: path)
            try await writer.append([1, 2])
            let failure = await #expect(throws: JobFailure.self) {
                _ = try await store.read(path, bytesMax: 10)
            }
            #expect(failure?.code == .storage(.blobMissing))
            #expect(failure?.class == .permanent)
            try await writer.append([3])
            try await writer.commit()
            #expect(try await store.read(path, bytesMax: 10) == [1, 2, 3])

            let second = try await store.writer(for: path)
            try await second.append([9])
            await second.abort()
            #expect(try await store.read(path, bytesMax: 10) == [1, 2, 3])
        }
    }

    @Test(arguments: Kind.allCases)
    func `two writers of one blob do not mix`(kind: Kind) async throws {
        try await withStore(kind) { store in
            let path = path()
            let first = try await store.writer(for: path)
            let second = try await store.writer(for: path)
            for _ in 0..<3 {
                try await first.append([1, 1])
                try await second.append([2, 2])
            }
            try await first.commit()
            try await second.commit()
            #expect(try await store.read(path, bytesMax: 10) == [2, 2, 2, 2, 2, 2])
        }
    }

    @Test(arguments: Kind.allCases)
    func `a blob larger than the limit is refused`(kind: Kind) async throws {
        try await withStore(kind) { store in
            let path = path()
            try await store.put([1, 2, 3], at: path)
            let failure = await #expect(throws: JobFailure.self) {
                _ = try await store.read(path, bytesMax: 2)
            }
            #expect(failure?.code == .document(.tooLarge))
        }
    }

    @Test(arguments: Kind.allCases)
    func `deleting a missing blob is not an error`(kind: Kind) async throws {
        try await withStore(kind) { store in
            let path = path()
            try await store.put([1], at: path)
            try await store.delete(path)
            try await store.delete(path)
            let failure = await #expect(throws: JobFailure.self) {
                try await store.withLocalFile(path) { _ in }
            }
            #expect(failure?.code == .storage(.blobMissing))
        }
    }

    @Test(arguments: Kind.allCases)
    func `blobs are listed by age, in order and in pages`(kind: Kind) async throws {
        try await withStore(kind) { store in
            let tenant = TenantID()
            let blobs =
                (0..<4).map { _ in path(tenant: tenant) } + [
                    path(.parsed, tenant: tenant), path(.parsed),
                ]
            for blob in blobs { try await store.put([1], at: blob) }
            var found: [BlobPath] = []
            while true {
                // A negative age matches every blob.
                let page = try await store.list(
                    olderThan: .seconds(-60), after: found.last?.key, limit: 2)
                guard !page.isEmpty else { break }
                #expect(page.count <= 2)
                found += page
            }
            #expect(found.map(\.key) == blobs.map(\.key).sorted())
            let old = try await store.list(olderThan: .seconds(3600), after: nil, limit: 10)
            #expect(old == [])
        }
    }
}
