package import Domain
package import Pipeline

/// Checks that every blob that a document names is in the store. Reads names only, never bytes.
///
/// Both sides are read in key order, one page at a time, so memory does not grow with them. Safe
/// while the pipeline runs: the rows are read before the store, and a missing blob counts only
/// while a row still names it.
package struct BlobAudit: Sendable {
    package struct Finding: Sendable, Equatable {
        /// Blobs that documents name.
        package var named = 0
        /// How many of them are not in the store, or are not valid paths.
        package var missingCount = 0
        /// The first of those, at most 100.
        package var missing: [String] = []

        package init(named: Int = 0) { self.named = named }
    }

    private let names: any BlobNames
    private let blobs: any BlobStore

    package init(names: any BlobNames, blobs: any BlobStore) {
        self.names = names
        self.blobs = blobs
    }

    private static let missingShown = 100

    package func run() async throws(JobFailure) -> Finding {
        var finding = Finding()
        var stored = BlobListing(of: blobs)
        try await names.eachNamedBlob { (page) throws(JobFailure) in
            finding.named += page.count
            var absent: [BlobPath] = []
            var missing: [String] = []
            for name in page {
                guard let path = BlobPath(name) else {
                    missing.append("\(name) is not a path of the blob store")
                    continue
                }
                if try await !stored.contains(path) { absent.append(path) }
            }
            // A document may have been deleted since its row was read.
            let named = absent.isEmpty ? [] : try await names.referenced(absent)
            missing += absent.filter(named.contains).map { "\($0) is not in the blob store" }
            finding.missingCount += missing.count
            finding.missing += missing.prefix(Self.missingShown - finding.missing.count)
        }
        return finding
    }
}

/// The blobs that documents name.
package protocol BlobNames: Sendable {
    /// Calls `body` with the stored paths of all blobs that documents name, one page at a time, in
    /// the order of the store's keys.
    func eachNamedBlob(
        _ body: ([String]) async throws(JobFailure) -> Void
    ) async throws(JobFailure)
    /// The paths in `blobs` that a document names.
    func referenced(_ blobs: [BlobPath]) async throws(JobFailure) -> Set<BlobPath>
}
