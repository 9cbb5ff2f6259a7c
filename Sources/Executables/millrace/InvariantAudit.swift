import Postgres

/// The promises of the pipeline, checked over the whole history; a statement each under `SQL/`.
///
/// The reconciler audits what changed lately, all the time; this one takes its time and reads all.
struct InvariantAudit {
    let pool: PostgresPool

    /// One row that breaks a promise.
    struct Breach: Sendable {
        let invariant: Invariant
        /// The job or document.
        let subject: String
        let detail: String
    }

    enum Invariant: Int, CaseIterable, Sendable {
        case acceptedHasAJob = 1, jobsEnd, chunksWithoutGaps, stagesGoForward
        case oneCompletionAClaim, eventsReplayToTheRow, buffersAreEmptied, endedStaysEnded
        case plannedIsSearchable
    }

    /// At most 100 breaches of each.
    func run() async throws(PostgresError) -> [Breach] {
        var breaches: [Breach] = []
        for invariant in Invariant.allCases {
            let rows = try await pool.query(PostgresStatement(invariant.sql))
            do {
                breaches += try rows.map { row in
                    Breach(
                        invariant: invariant, subject: try row.decode(0, as: String.self),
                        detail: try row.decode(1, as: String.self))
                }
            } catch {
                throw error as? PostgresError ?? PostgresError(.decoding, "\(error)")
            }
        }
        return breaches
    }
}

extension InvariantAudit.Invariant {
    var promise: String {
        switch self {
        case .acceptedHasAJob: "an accepted upload has exactly one job"
        case .jobsEnd: "every job ends within a bound"
        case .chunksWithoutGaps: "a finished document's chunks are numbered without gaps"
        case .stagesGoForward: "a stage never goes back"
        case .oneCompletionAClaim: "a claim completes once"
        case .eventsReplayToTheRow: "a job's events end where its row stands"
        case .buffersAreEmptied: "nothing of a finished job is left in the buffers"
        case .endedStaysEnded: "an ended job changes only by redrive"
        case .plannedIsSearchable: "planned = buffered = flushed = searchable"
        }
    }

    var sql: String { String(decoding: bytes, as: UTF8.self) }

    private var bytes: [UInt8] {
        switch self {
        case .acceptedHasAJob: PackageResources.audit_1_accepted_has_a_job_sql
        case .jobsEnd: PackageResources.audit_2_jobs_end_sql
        case .chunksWithoutGaps: PackageResources.audit_3_chunks_without_gaps_sql
        case .stagesGoForward: PackageResources.audit_4_stages_go_forward_sql
        case .oneCompletionAClaim: PackageResources.audit_5_one_completion_a_claim_sql
        case .eventsReplayToTheRow: PackageResources.audit_6_events_replay_to_the_row_sql
        case .buffersAreEmptied: PackageResources.audit_7_buffers_are_emptied_sql
        case .endedStaysEnded: PackageResources.audit_8_ended_stays_ended_sql
        case .plannedIsSearchable: PackageResources.audit_9_planned_is_searchable_sql
        }
    }
}
