/// The invariants of the pipeline, by their number in docs/concepts/delivery.md.
package enum Invariant: Int, CaseIterable, Sendable {
    case acceptedHasAJob = 1, jobsEnd, chunksWithoutGaps, stagesGoForward
    case oneCompletionPerClaim, eventsReplayToTheRow, buffersAreEmptied, endedStaysEnded
    case plannedIsSearchable

    package var promise: String {
        switch self {
        case .acceptedHasAJob: "an accepted upload has exactly one job"
        case .jobsEnd: "every job ends in time"
        case .chunksWithoutGaps: "a finished document's chunks are numbered without gaps"
        case .stagesGoForward: "a stage never goes back"
        case .oneCompletionPerClaim: "a claim completes once"
        case .eventsReplayToTheRow: "the last event of a job matches its row"
        case .buffersAreEmptied: "the buffers contain no rows of a finished job"
        case .endedStaysEnded: "an ended job changes only by a redrive"
        case .plannedIsSearchable: "planned = buffered = flushed = searchable"
        }
    }

    /// Label of metrics and log lines.
    package var name: String {
        switch self {
        case .acceptedHasAJob: "accepted_has_a_job"
        case .jobsEnd: "jobs_end"
        case .chunksWithoutGaps: "chunks_without_gaps"
        case .stagesGoForward: "stages_go_forward"
        case .oneCompletionPerClaim: "one_completion_per_claim"
        case .eventsReplayToTheRow: "events_replay_to_the_row"
        case .buffersAreEmptied: "buffers_are_emptied"
        case .endedStaysEnded: "ended_stays_ended"
        case .plannedIsSearchable: "planned_is_searchable"
        }
    }
}

/// A row that breaks an invariant.
package struct Breach: Sendable, Equatable {
    package var invariant: Invariant
    /// The job or document.
    package var subject: String
    package var detail: String

    package init(invariant: Invariant, subject: String, detail: String) {
        self.invariant = invariant
        self.subject = subject
        self.detail = detail
    }
}
