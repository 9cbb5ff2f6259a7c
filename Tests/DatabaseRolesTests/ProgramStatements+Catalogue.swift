import Migrations
import Postgres
import QueryPostgres

@testable import CataloguePostgres

/// The statements of the catalogue.
extension ProgramStatement {
    static let catalogue = statements(
        [
            Query.accept, Query.blobsAreHeld, Query.chunks, Query.deleteDocument,
            Query.documentFiles, Query.documents, Query.job, Query.keyHolder, Query.knownUpload,
            Query.ownsDocument, Query.ownsJob,
            Query.pipelineCounts, Query.planSearch, Query.recordParseEvent, Query.search,
            Query.storeKey,
        ], of: [.ingestAPI])

    /// The statements that tenants' and operators' requests share.
    static let shared = statements(
        [SharedQuery.jobEvents, SharedQuery.pipelineRates, SharedQuery.providerHealth],
        of: [.ingestAPI, .operator])
}
