import Domain
import JobModel
import TestCluster

/// Replays the events of all jobs by the rules of JobModel.
@MainActor
struct EventReplay {
    private var events = 0
    private var jobs = 0
    private var faults: [String] = []

    /// - Throws: the errors of reading the events and rows.
    init(_ database: TrialDatabase) async throws {
        let rows = try await database.fields(
            """
            SELECT concat_ws('|', job_id, stage || '/' || state) FROM upload_pipeline.upload_jobs
            """)
        let steps = try await database.fields(
            """
            SELECT concat_ws('|', job_id, type,
                coalesce((payload ->> 'from_stage') || '/' || (payload ->> 'from_state'), ''),
                coalesce((payload ->> 'to_stage') || '/' || (payload ->> 'to_state'), ''))
            FROM upload_pipeline.events ORDER BY event_id
            """)
        var positions: [String: Position] = [:]
        for step in steps {
            events += 1
            guard step.count == 4 else {
                faults.append("an event cannot be read: \(step)")
                continue
            }
            replay(step[0], type: step[1], from: step[2], to: step[3], &positions)
        }
        for row in rows where row.count == 2 {
            jobs += 1
            let end = positions[row[0]]?.description ?? "no event"
            if end != row[1] { faults.append("\(row[0]) is at \(row[1]), its events at \(end)") }
        }
    }

    private mutating func replay(
        _ job: String, type: String, from: String, to: String,
        _ positions: inout [String: Position]
    ) {
        guard let target = Position(text: to) else { return faults.append("\(job): to \(to)") }
        defer { positions[job] = target }
        guard let before = positions[job] else {
            if !from.isEmpty { faults.append("\(job) begins at \(from)") }
            return
        }
        guard from == before.description, let move = Transition(from: before, to: target) else {
            return faults.append("\(job): \(from) to \(to) after \(before)")
        }
        if !Self.types(of: move, to: target).contains(type) {
            faults.append("\(job): \(type) for \(from) to \(to)")
        }
    }

    /// The valid types of event for a move; see docs/concepts/states.md.
    private static func types(of move: Transition, to target: Position) -> Set<String> {
        switch move {
        case .claim: ["stage_started"]
        case .advance: target.stage == .parsing ? ["stage_started"] : ["stage_done"]
        case .complete: target.isEnded ? ["finalized"] : ["stage_done"]
        case .retryLater, .deadletter: ["error"]
        case .retryDue, .release, .redrive: ["retry"]
        }
    }

    func compare(_ checks: Checks) {
        checks.require("events replayed", "\(events)", events > 0)
        checks.require("jobs", "\(jobs)", jobs > 0)
        checks.equal("faults found", faults.count, 0)
        for fault in faults.prefix(10) { checks.fail(fault) }
    }
}

extension Position {
    /// Parses a text such as `parsing/working`.
    fileprivate init?(text: String) {
        let parts = text.split(separator: "/").map(String.init)
        guard parts.count == 2, let stage = Stage(rawValue: parts[0]),
            let state = JobState(rawValue: parts[1])
        else { return nil }
        self.init(stage, state)
    }
}
