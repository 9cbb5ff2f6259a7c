package import Postgres

private typealias SQL = PackageResources

/// The statements of this adapter, by the folders of `SQL/`.
package enum Query {
    // uploads
    package static let accept = SQLFile(SQL.accept_sql, name: "accept")
    package static let blobsAreHeld = SQLFile(SQL.blobs_are_held_sql, name: "blobsAreHeld")
    package static let deleteDocument = SQLFile(SQL.delete_document_sql, name: "deleteDocument")
    package static let keyHolder = SQLFile(SQL.key_holder_sql, name: "keyHolder")
    package static let knownUpload = SQLFile(SQL.known_upload_sql, name: "knownUpload")
    package static let recordParseEvent = SQLFile(
        SQL.record_parse_event_sql, name: "recordParseEvent")
    package static let storeKey = SQLFile(SQL.store_key_sql, name: "storeKey")

    // lookups
    package static let chunks = SQLFile(SQL.chunks_sql, name: "chunks")
    package static let documentFiles = SQLFile(SQL.document_files_sql, name: "documentFiles")
    package static let documents = SQLFile(SQL.documents_sql, name: "documents")
    package static let job = SQLFile(SQL.job_sql, name: "job")
    package static let ownsDocument = SQLFile(SQL.owns_document_sql, name: "ownsDocument")
    package static let ownsJob = SQLFile(SQL.owns_job_sql, name: "ownsJob")
    package static let pipelineCounts = SQLFile(SQL.pipeline_counts_sql, name: "pipelineCounts")

    // searching
    package static let planSearch = SQLFile(SQL.plan_search_sql, name: "planSearch")
    package static let search = SQLFile(SQL.search_sql, name: "search")
}
