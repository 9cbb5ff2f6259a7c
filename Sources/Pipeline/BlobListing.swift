package import Domain

/// All blobs of a store in key order, read a page at a time.
package struct BlobListing {
    private let store: any BlobStore
    private var page: ArraySlice<BlobPath> = []
    private var cursor: String?
    private var isComplete = false

    package init(of store: any BlobStore) { self.store = store }

    private static let pageSize = 5000

    /// The next blob, which `next` then returns.
    package mutating func peek() async throws(StageFailure) -> BlobPath? {
        if page.isEmpty, !isComplete {
            page = try await store.list(olderThan: nil, after: cursor, limit: Self.pageSize)[...]
            cursor = page.last?.key
            isComplete = page.isEmpty
        }
        return page.first
    }

    package mutating func next() async throws(StageFailure) -> BlobPath? {
        let blob = try await peek()
        page = page.dropFirst()
        return blob
    }

    /// Whether the store has a blob. To be asked in key order; passes over all blobs before it.
    package mutating func contains(_ path: BlobPath) async throws(StageFailure) -> Bool {
        while let blob = try await peek(), blob.key < path.key { _ = try await next() }
        return try await peek() == path
    }
}
