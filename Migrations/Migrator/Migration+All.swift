extension Migration {
    /// Every migration, in order. A new file needs a line here and in Package.swift.
    package static let all: [Migration] = [
        Migration(1, "documents_and_jobs", sql: PackageResources._001_documents_and_jobs_sql),
        Migration(2, "transitions", sql: PackageResources._002_transitions_sql),
        Migration(3, "chunks", sql: PackageResources._003_chunks_sql),
        Migration(4, "search", sql: PackageResources._004_search_sql),
        Migration(5, "providers", sql: PackageResources._005_providers_sql),
        Migration(6, "roles", sql: PackageResources._006_roles_sql),
        Migration(7, "words", sql: PackageResources._007_words_sql),
        Migration(8, "parse_reports", sql: PackageResources._008_parse_reports_sql),
    ]

    private init(_ version: Int, _ name: String, sql bytes: [UInt8]) {
        self.init(version: version, name: name, sql: String(decoding: bytes, as: UTF8.self))
    }
}
