import BlobStores
import Domain
import Foundation
import Pipeline
import Testing

/// Behaviour that is specific to the store on files.
@Suite(.timeLimit(.minutes(5))) struct LocalBlobStoreTests {
    /// Lends a store in a folder of its own.
    private func withStore(_ body: (LocalBlobStore, String) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "millrace-blobs-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let root = folder + "/made/when/needed"
        try await body(LocalBlobStore(root: root), root)
    }

    private func path(_ kind: BlobPath.Kind = .raw, tenant: TenantID = TenantID()) -> BlobPath {
        BlobPath(kind: kind, tenant: tenant, document: DocumentID(), fileExtension: "md")
    }

    private func files(below root: String) -> [String] {
        let entries = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String }
        // Only files have a dot in their names.
        return (entries ?? []).filter { $0.contains(".") }.sorted()
    }

    @Test func `a writer that is dropped leaves nothing`() async throws {
        try await withStore { store, root in
            do { try await store.writer(for: path()).append([1]) }
            // The writing thread may release the writer a little later.
            let end = ContinuousClock.now + .seconds(30)
            while !files(below: root).isEmpty, ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(files(below: root).isEmpty)
        }
    }

    @Test func `a commit that fails leaves nothing`() async throws {
        try await withStore { store, root in
            let path = path()
            let writer = try await store.writer(for: path)
            try await writer.append([1])
            // A folder in the blob's place cannot be replaced by a file.
            try FileManager.default.createDirectory(
                atPath: root + "/" + path.key + "/x", withIntermediateDirectories: true)
            let failure = await #expect(throws: JobFailure.self) { try await writer.commit() }
            #expect(failure?.code == .storage(.blobUnavailable))
            #expect(!files(below: root).contains { $0.hasSuffix(".part") })
        }
    }

    @Test func `old blobs are listed in order and in pages, and old scratch files are deleted`()
        async throws
    {
        try await withStore { store, root in
            let tenant = TenantID()
            let old = [path(tenant: tenant), path(tenant: tenant), path(.parsed, tenant: tenant)]
            let young = path(tenant: tenant)
            for blob in old + [young] { try await store.put([1], at: blob) }
            let leaving = "\(root)/raw/\(tenant)/x.part"
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
}
