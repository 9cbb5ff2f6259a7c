extension Migration {
    /// Every migration, in order. A new file needs a line here and in Package.swift.
    package static let all: [Migration] = [
        Migration(1, "documents_and_jobs", PackageResources._001_documents_and_jobs_sql),
        Migration(2, "transitions", PackageResources._002_transitions_sql),
        Migration(3, "chunks", PackageResources._003_chunks_sql),
        Migration(4, "search", PackageResources._004_search_sql),
        Migration(5, "providers", PackageResources._005_providers_sql),
        Migration(6, "roles", PackageResources._006_roles_sql),
    ]

    private init(_ version: Int, _ name: String, _ bytes: [UInt8]) {
        self.init(version: version, name: name, sql: String(decoding: bytes, as: UTF8.self))
    }
}
