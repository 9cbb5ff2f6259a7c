package import Domain

/// Iterates over all blobs of a store in key order, one page at a time.
package struct BlobListing {
    private let store: any BlobStore
    private var page: ArraySlice<BlobPath> = []
    private var cursor: String?
    private var isComplete = false

    package init(of store: any BlobStore) { self.store = store }

    private static let pageSize = 5000

    /// Returns the next blob without consuming it.
    package mutating func peek() async throws(JobFailure) -> BlobPath? {
        if page.isEmpty, !isComplete {
            page = try await store.list(olderThan: nil, after: cursor, limit: Self.pageSize)[...]
            cursor = page.last?.key
            isComplete = page.isEmpty
        }
        return page.first
    }

    package mutating func next() async throws(JobFailure) -> BlobPath? {
        let blob = try await peek()
        page = page.dropFirst()
        return blob
    }

    /// Whether the store has the blob. Calls must be in key order: each consumes the blobs before
    /// it.
    package mutating func contains(_ path: BlobPath) async throws(JobFailure) -> Bool {
        while let blob = try await peek(), blob.key < path.key { _ = try await next() }
        return try await peek() == path
    }
}
