import Crypto
import Domain
import JobModel
import Pipeline

/// Checks the nine invariants of docs/concepts/delivery.md on the rows after a run.
struct RunInvariants {
    let tables: Tables
    let acknowledged: [JobID]
    let disk: SimulatedDisk

    /// Descriptions of broken promises, each with its job.
    func violations() -> [String] {
        var violations = acknowledged.filter { tables[$0] == nil }.map {
            "job \($0) was acknowledged but does not exist"
        }
        for job in tables.all {
            let name = "job \(job.submission.job) at \(job.row.position)"
            violations += (rowViolations(job) + historyViolations(job)).map { "\(name): \($0)" }
        }
        return violations
    }

    private func rowViolations(_ job: Tables.Job) -> [String] {
        var violations: [String] = []
        if !job.row.position.isEnded { violations.append("it has not ended") }
        guard job.row.position == Position(.embedded, .done) else { return violations }
        if job.isBuffered { violations.append("its buffers are not empty") }
        let ords = job.searchable.map(\.ord)
        if ords.sorted() != Array(0..<(job.expectedChunks ?? -1)) {
            violations.append("planned \(job.expectedChunks ?? 0), searchable \(ords)")
        }
        let misplaced = job.searchable.filter {
            $0.vector != SimulatedEmbedder.fingerprint(of: $0.input)
        }
        if !misplaced.isEmpty { violations.append("vectors of other texts") }
        if let parsed = job.parsed, let path = BlobPath(parsed.path) {
            let hash = disk.read(path.key).map { SHA256.hash(data: $0).hexadecimal }
            if hash != parsed.sha256 { violations.append("its parsed text differs") }
        } else {
            violations.append("it has no parsed text")
        }
        return violations
    }

    /// Checks that events are contiguous, that every transition is legal, that a job returns to an
    /// earlier stage only by redrive, and that only the holder of the claim completes a job, once.
    private func historyViolations(_ job: Tables.Job) -> [String] {
        var violations: [String] = []
        var holder: ClaimID?
        var completed: Set<ClaimID> = []
        if job.events.last?.to != job.row.position {
            violations.append("its last event differs from its row")
        }
        for (before, event) in zip(job.events, job.events.dropFirst()) {
            guard let from = event.from, from == before.to,
                let transition = Transition(from: from, to: event.to)
            else {
                violations.append("\(before.to) is followed by \(event.to)")
                continue
            }
            if transition == .claim { holder = event.token }
            if transition == .complete, let token = event.token {
                if token != holder {
                    violations.append("completed at \(event.to) by another claim")
                }
                if !completed.insert(token).inserted { violations.append("completed twice") }
            }
        }
        return violations
    }
}
