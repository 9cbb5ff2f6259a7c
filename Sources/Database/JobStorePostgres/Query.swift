package import Postgres

private typealias SQL = PackageResources

/// The statements of this adapter, by the folders of `SQL/`.
package enum Query {
    // claims
    package static let advance = SQLFile(SQL.advance_sql, name: "advance")
    package static let claim = SQLFile(SQL.claim_sql, name: "claim")
    package static let claimWaiting = SQLFile(SQL.claim_waiting_sql, name: "claimWaiting")
    package static let fail = SQLFile(SQL.fail_sql, name: "fail")
    package static let heartbeat = SQLFile(SQL.heartbeat_sql, name: "heartbeat")
    package static let holdsClaim = SQLFile(SQL.holds_claim_sql, name: "holdsClaim")
    package static let missingJobs = SQLFile(SQL.missing_jobs_sql, name: "missingJobs")
    package static let release = SQLFile(SQL.release_sql, name: "release")

    // parsing
    package static let completeParsing = SQLFile(SQL.complete_parsing_sql, name: "completeParsing")
    package static let parseReported = SQLFile(SQL.parse_reported_sql, name: "parseReported")
    package static let parseTicket = SQLFile(SQL.parse_ticket_sql, name: "parseTicket")
    package static let storeParseTicket = SQLFile(
        SQL.store_parse_ticket_sql, name: "storeParseTicket")

    // chunking
    package static let completeChunking = SQLFile(
        SQL.complete_chunking_sql, name: "completeChunking")
    package static let copyChunks = SQLFile(SQL.copy_chunks_sql, name: "copyChunks")

    // embedding
    package static let beginEmbedding = SQLFile(SQL.begin_embedding_sql, name: "beginEmbedding")
    package static let completeEmbedding = SQLFile(
        SQL.complete_embedding_sql, name: "completeEmbedding")
    package static let pendingChunks = SQLFile(SQL.pending_chunks_sql, name: "pendingChunks")
    package static let stageVectors = SQLFile(SQL.stage_vectors_sql, name: "stageVectors")

    // flushing
    package static let flush = SQLFile(SQL.flush_sql, name: "flush")

    // cells
    package static let addCells = SQLFile(SQL.add_cells_sql, name: "addCells")
    package static let addSketches = SQLFile(SQL.add_sketches_sql, name: "addSketches")
    package static let cellMembers = SQLFile(SQL.cell_members_sql, name: "cellMembers")
    package static let cells = SQLFile(SQL.cells_sql, name: "cells")
    package static let countMembers = SQLFile(SQL.count_members_sql, name: "countMembers")
    package static let fillCells = SQLFile(SQL.fill_cells_sql, name: "fillCells")
    package static let lockCells = SQLFile(SQL.lock_cells_sql, name: "lockCells")
    package static let nextTenant = SQLFile(SQL.next_tenant_sql, name: "nextTenant")
    package static let oversizedCells = SQLFile(SQL.oversized_cells_sql, name: "oversizedCells")
    package static let removeCell = SQLFile(SQL.remove_cell_sql, name: "removeCell")
    package static let unassignedSpace = SQLFile(SQL.unassigned_space_sql, name: "unassignedSpace")
    package static let unsketchedChunks = SQLFile(
        SQL.unsketched_chunks_sql, name: "unsketchedChunks")

    // words
    package static let countWords = SQLFile(SQL.count_words_sql, name: "countWords")
    package static let forgetWords = SQLFile(SQL.forget_words_sql, name: "forgetWords")
    package static let nextCountedTenant = SQLFile(
        SQL.next_counted_tenant_sql, name: "nextCountedTenant")

    // providers
    package static let beginCall = SQLFile(SQL.begin_call_sql, name: "beginCall")
    package static let endCall = SQLFile(SQL.end_call_sql, name: "endCall")
    package static let reportProviders = SQLFile(SQL.report_providers_sql, name: "reportProviders")
    package static let spentToday = SQLFile(SQL.spent_today_sql, name: "spentToday")

    // reconciling
    package static let blobsAreHeld = SQLFile(SQL.blobs_are_held_sql, name: "blobsAreHeld")
    package static let deleteExpiredKeys = SQLFile(
        SQL.delete_expired_keys_sql, name: "deleteExpiredKeys")
    package static let deleteExpiredParseEvents = SQLFile(
        SQL.delete_expired_parse_events_sql, name: "deleteExpiredParseEvents")
    package static let deleteExpiredProviderStates = SQLFile(
        SQL.delete_expired_provider_states_sql, name: "deleteExpiredProviderStates")
    package static let deleteOrphanRows = SQLFile(
        SQL.delete_orphan_rows_sql, name: "deleteOrphanRows")
    package static let endDeadClaims = SQLFile(SQL.end_dead_claims_sql, name: "endDeadClaims")
    package static let expireClaims = SQLFile(SQL.expire_claims_sql, name: "expireClaims")
    package static let gauges = SQLFile(SQL.gauges_sql, name: "gauges")
    package static let idleQueues = SQLFile(SQL.idle_queues_sql, name: "idleQueues")
    package static let lostSessions = SQLFile(SQL.lost_sessions_sql, name: "lostSessions")
    package static let namedBlobs = SQLFile(SQL.named_blobs_sql, name: "namedBlobs")
    package static let oldestWaiting = SQLFile(SQL.oldest_waiting_sql, name: "oldestWaiting")
    package static let referencedBlobs = SQLFile(SQL.referenced_blobs_sql, name: "referencedBlobs")
    package static let resendHints = SQLFile(SQL.resend_hints_sql, name: "resendHints")
    package static let resumeRetries = SQLFile(SQL.resume_retries_sql, name: "resumeRetries")

    // audit
    package static let auditAcceptance = SQLFile(SQL.audit_acceptance_sql, name: "auditAcceptance")
    package static let auditBounds = SQLFile(SQL.audit_bounds_sql, name: "auditBounds")
    package static let auditChunks = SQLFile(SQL.audit_chunks_sql, name: "auditChunks")
    package static let auditHistory = SQLFile(SQL.audit_history_sql, name: "auditHistory")
    package static let auditTouched = SQLFile(SQL.audit_touched_sql, name: "auditTouched")
}
