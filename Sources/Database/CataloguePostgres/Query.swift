package import Postgres

/// The statements of this adapter, each in its file under `SQL/`.
package enum Query: String, CaseIterable {
    case accept, blobsAreHeld, chunks, deleteDocument, documents, events, job, keepKey, keyHolder
    case knownUpload
    case noteParseEvent
    case ownsDocument, ownsJob, pipelineCounts, pipelineRates, planSearch, providers, search

    package func callAsFunction(_ parameters: (any PostgresEncodable)?...) -> PostgresStatement {
        PostgresStatement(sql: text, parameters: parameters, step: rawValue)
    }

    package var text: String { Self.texts[self]! }

    private static let texts = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0, String(decoding: $0.bytes, as: UTF8.self)) })

    private var bytes: [UInt8] {
        switch self {
        case .accept: PackageResources.accept_sql
        case .blobsAreHeld: PackageResources.blobs_are_held_sql
        case .chunks: PackageResources.chunks_sql
        case .deleteDocument: PackageResources.delete_document_sql
        case .documents: PackageResources.documents_sql
        case .events: PackageResources.events_sql
        case .job: PackageResources.job_sql
        case .keepKey: PackageResources.keep_key_sql
        case .keyHolder: PackageResources.key_holder_sql
        case .knownUpload: PackageResources.known_upload_sql
        case .noteParseEvent: PackageResources.note_parse_event_sql
        case .ownsDocument: PackageResources.owns_document_sql
        case .ownsJob: PackageResources.owns_job_sql
        case .pipelineCounts: PackageResources.pipeline_counts_sql
        case .pipelineRates: PackageResources.pipeline_rates_sql
        case .planSearch: PackageResources.plan_search_sql
        case .providers: PackageResources.providers_sql
        case .search: PackageResources.search_sql
        }
    }
}
