package import Postgres

/// The statements of this adapter, each in its file under `SQL/`.
package enum Query: String, CaseIterable {
    case advance, auditAcceptance, auditBounds, auditChunks, auditHistory, auditTouched, beginCall
    case beginEmbedding, blobsAreHeld, endCall, forgetKeys, forgetNotices, forgetProviders
    case reportProviders
    case claim, claimWaiting, completeChunking, completeEmbedding, completeParsing, copyChunks
    case endDeadClaims, expireDeadlines, expireLeases, fail, flush, flushFence, flushReplace
    case flushSlice, gauges, heartbeat, holdsClaim
    case lostSessions, namedBlobs, oldestWaiting, orphanTexts, orphanVectors, pendingChunks
    case queuesAtRest, referencedBlobs, release, renotify, retriesDue
    case spentToday, spentTodayByTenant
    case keepParseTicket, parseTicket, stageVectors, toldOfParse, unknownJobs
    case addCells, addSketches, cellMembers, cells, countMembers, crowdedCells, fillCells
    case growingSpace, lockCells, nextTenant, removeCell, unsketched

    package func callAsFunction(_ parameters: (any PostgresEncodable)?...) -> PostgresStatement {
        PostgresStatement(sql: text, parameters: parameters, step: rawValue)
    }

    package var text: String { Self.texts[self]! }

    private static let texts = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0, String(decoding: $0.bytes, as: UTF8.self)) })

    private var bytes: [UInt8] {
        switch self {
        case .advance: PackageResources.advance_sql
        case .addCells: PackageResources.add_cells_sql
        case .addSketches: PackageResources.add_sketches_sql
        case .cellMembers: PackageResources.cell_members_sql
        case .cells: PackageResources.cells_sql
        case .countMembers: PackageResources.count_members_sql
        case .crowdedCells: PackageResources.crowded_cells_sql
        case .fillCells: PackageResources.fill_cells_sql
        case .growingSpace: PackageResources.growing_space_sql
        case .lockCells: PackageResources.lock_cells_sql
        case .nextTenant: PackageResources.next_tenant_sql
        case .removeCell: PackageResources.remove_cell_sql
        case .unsketched: PackageResources.unsketched_sql
        case .auditAcceptance: PackageResources.audit_acceptance_sql
        case .auditBounds: PackageResources.audit_bounds_sql
        case .auditChunks: PackageResources.audit_chunks_sql
        case .auditHistory: PackageResources.audit_history_sql
        case .auditTouched: PackageResources.audit_touched_sql
        case .beginCall: PackageResources.begin_call_sql
        case .beginEmbedding: PackageResources.begin_embedding_sql
        case .blobsAreHeld: PackageResources.blobs_are_held_sql
        case .claim: PackageResources.claim_sql
        case .claimWaiting: PackageResources.claim_waiting_sql
        case .completeChunking: PackageResources.complete_chunking_sql
        case .completeEmbedding: PackageResources.complete_embedding_sql
        case .completeParsing: PackageResources.complete_parsing_sql
        case .copyChunks: PackageResources.copy_chunks_sql
        case .endCall: PackageResources.end_call_sql
        case .endDeadClaims: PackageResources.end_dead_claims_sql
        case .expireDeadlines: PackageResources.expire_deadlines_sql
        case .expireLeases: PackageResources.expire_leases_sql
        case .fail: PackageResources.fail_sql
        case .flush: PackageResources.flush_sql
        case .flushFence: PackageResources.flush_fence_sql
        case .flushReplace: PackageResources.flush_replace_sql
        case .flushSlice: PackageResources.flush_slice_sql
        case .forgetKeys: PackageResources.forget_keys_sql
        case .forgetNotices: PackageResources.forget_notices_sql
        case .forgetProviders: PackageResources.forget_providers_sql
        case .gauges: PackageResources.gauges_sql
        case .heartbeat: PackageResources.heartbeat_sql
        case .holdsClaim: PackageResources.holds_claim_sql
        case .keepParseTicket: PackageResources.keep_parse_ticket_sql
        case .lostSessions: PackageResources.lost_sessions_sql
        case .namedBlobs: PackageResources.named_blobs_sql
        case .oldestWaiting: PackageResources.oldest_waiting_sql
        case .orphanTexts: PackageResources.orphan_texts_sql
        case .orphanVectors: PackageResources.orphan_vectors_sql
        case .parseTicket: PackageResources.parse_ticket_sql
        case .pendingChunks: PackageResources.pending_chunks_sql
        case .queuesAtRest: PackageResources.queues_at_rest_sql
        case .referencedBlobs: PackageResources.referenced_blobs_sql
        case .release: PackageResources.release_sql
        case .renotify: PackageResources.renotify_sql
        case .reportProviders: PackageResources.report_providers_sql
        case .retriesDue: PackageResources.retries_due_sql
        case .spentToday: PackageResources.spent_today_sql
        case .spentTodayByTenant: PackageResources.spent_today_by_tenant_sql
        case .stageVectors: PackageResources.stage_vectors_sql
        case .toldOfParse: PackageResources.told_of_parse_sql
        case .unknownJobs: PackageResources.unknown_jobs_sql
        }
    }
}
