import Migrations
import Postgres

@testable import CataloguePostgres

/// The statements of the catalogue.
extension ProgramStatement {
    static let catalogue = statements(
        [
            Query.accept, Query.blobsAreHeld, Query.chunks, Query.deleteDocument, Query.documents,
            Query.events, Query.job, Query.keyHolder, Query.knownUpload, Query.ownsDocument,
            Query.ownsJob, Query.pipelineCounts, Query.pipelineRates, Query.planSearch,
            Query.providers, Query.recordParseEvent, Query.search, Query.storeKey,
        ], of: [.ingestAPI])
}
