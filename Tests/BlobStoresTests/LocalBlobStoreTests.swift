import BlobStores
import Domain
import Foundation
import Pipeline
import Testing

/// Blobs as files: whole or not there, and never outside their folder.
@Suite struct LocalBlobStoreTests {
    /// Lends a store in a folder of its own.
    private func lend(_ body: (LocalBlobStore, String) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "millrace-blobs-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let root = folder + "/made/when/needed"
        try await body(LocalBlobStore(root: root), root)
    }

    private func path(_ kind: BlobPath.Kind = .raw, user: UserID = UserID()) -> BlobPath {
        BlobPath(kind: kind, user: user, document: DocumentID(), fileExtension: "md")
    }

    private func files(below root: String) -> [String] {
        let entries = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String }
        // Only files have a dot in their names.
        return (entries ?? []).filter { $0.contains(".") }.sorted()
    }

    @Test func `what is put is read back, and replaces what was there`() async throws {
        try await lend { store, root in
            let path = path()
            for size in [1, 100_000, 3] {
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                try await store.put(bytes, at: path)
                #expect(try await store.read(path, bytesMax: 1 << 20) == bytes)
            }
            #expect(files(below: root) == [path.key])
        }
    }

    @Test func `a blob is not there before its commit, nor after an abort`() async throws {
        try await lend { store, root in
            let path = path()
            let writer = try await store.writer(for: path)
            try await writer.append([1, 2])
            let failure = await #expect(throws: StageFailure.self) {
                _ = try await store.read(path, bytesMax: 10)
            }
            #expect(failure?.code == "blob_missing")
            #expect(failure?.class == .permanent)
            try await writer.append([3])
            try await writer.commit()
            #expect(try await store.read(path, bytesMax: 10) == [1, 2, 3])

            let second = try await store.writer(for: path)
            try await second.append([9])
            await second.abort()
            #expect(try await store.read(path, bytesMax: 10) == [1, 2, 3])
            #expect(files(below: root) == [path.key])
        }
    }

    @Test func `a writer that is dropped leaves nothing`() async throws {
        try await lend { store, root in
            do { try await store.writer(for: path()).append([1]) }
            #expect(files(below: root).isEmpty)
        }
    }

    @Test func `a commit that fails leaves nothing`() async throws {
        try await lend { store, root in
            let path = path()
            let writer = try await store.writer(for: path)
            try await writer.append([1])
            // A folder in the blob's place cannot be replaced by a file.
            try FileManager.default.createDirectory(
                atPath: root + "/" + path.key + "/x", withIntermediateDirectories: true)
            let failure = await #expect(throws: StageFailure.self) { try await writer.commit() }
            #expect(failure?.code == "blob_unavailable")
            #expect(!files(below: root).contains { $0.hasSuffix(".part") })
        }
    }

    @Test func `two writers of one blob do not mix`() async throws {
        try await lend { store, _ in
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

    @Test func `a blob larger than asked for is refused`() async throws {
        try await lend { store, _ in
            let path = path()
            try await store.put([1, 2, 3], at: path)
            let failure = await #expect(throws: StageFailure.self) {
                _ = try await store.read(path, bytesMax: 2)
            }
            #expect(failure?.code == "too_large")
        }
    }

    @Test func `deleting is no error when there is nothing`() async throws {
        try await lend { store, _ in
            let path = path()
            try await store.put([1], at: path)
            try await store.delete(path)
            try await store.delete(path)
            let failure = await #expect(throws: StageFailure.self) {
                try await store.withLocalFile(path) { _ in }
            }
            #expect(failure?.code == "blob_missing")
        }
    }

    @Test func `old blobs are listed in order, page by page, and old leavings go`() async throws {
        try await lend { store, root in
            let user = UserID()
            let old = [path(user: user), path(user: user), path(.parsed, user: user)]
            let young = path(user: user)
            for blob in old + [young] { try await store.put([1], at: blob) }
            let leaving = "\(root)/raw/\(user)/x.part"
            #expect(FileManager.default.createFile(atPath: leaving, contents: nil))
            for file in old.map({ root + "/" + $0.key }) + [leaving] {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -7200)], ofItemAtPath: file)
            }
            var found: [BlobPath] = []
            while true {
                let page = try await store.list(
                    olderThan: .seconds(3600), after: found.last?.key, limit: 2)
                guard !page.isEmpty else { break }
                found += page
            }
            #expect(found.map(\.key) == old.map(\.key).sorted())
            #expect(!FileManager.default.fileExists(atPath: leaving))
        }
    }

    @Test(arguments: [nil, ClaimID()])
    func `a path is read as it was written`(claim: ClaimID?) {
        let path = BlobPath(
            kind: .parsed, user: UserID(), document: DocumentID(), claim: claim,
            fileExtension: "md")
        #expect(BlobPath(path.description) == path)
        #expect(BlobPath(path.description.uppercased()) == nil)
    }

    @Test(arguments: [
        "storage://raw/0b5a1e7e-3f6e-4a38-9a52-5a1b7f9c0d11/0b5a1e7e-3f6e-4a38-9a52-5a1b7f9c0d11.x.md",
        "raw/a/b.md", "storage://raw/../../etc/passwd", "storage://other/u/d.md",
        "storage://raw/17/0b5a1e7e-3f6e-4a38-9a52-5a1b7f9c0d11.md",
        "storage://raw/0b5a1e7e-3f6e-4a38-9a52-5a1b7f9c0d11/0b5a1e7e-3f6e-4a38-9a52-5a1b7f9c0d11",
        "storage://raw/0b5a1e7e-3f6e-4a38-9a52-5a1b7f9c0d11/0b5a1e7e-3f6e-4a38-9a52-5a1b7f9c0d11.M/",
        "storage://raw/0b5a1e7e-3f6e-4a38-9a52-5a1b7f9c0d11//0b5a1e7e-3f6e-4a38-9a52-5a1b7f9c0d11.md",
    ])
    func `a path that is not ours is none`(text: String) {
        #expect(BlobPath(text) == nil)
    }
}
