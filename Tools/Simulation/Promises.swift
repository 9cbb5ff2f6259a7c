import Crypto
import Domain
import JobModel
import Pipeline

/// Checks the nine promises of docs/concepts/delivery.md on the rows after a run.
struct Promises {
    let tables: Tables
    let acknowledged: [JobID]
    let disk: SimulatedDisk

    /// Descriptions of broken promises, each with its job.
    func breaches() -> [String] {
        var breaches = acknowledged.filter { tables[$0] == nil }.map {
            "job \($0) was acknowledged and is not there"
        }
        for job in tables.all {
            let name = "job \(job.submission.job) at \(job.row.position)"
            breaches += (rowBreaches(job) + historyBreaches(job)).map { "\(name): \($0)" }
        }
        return breaches
    }

    private func rowBreaches(_ job: Tables.Job) -> [String] {
        var breaches: [String] = []
        if !job.row.position.isEnded { breaches.append("it has not ended") }
        guard job.row.position == Position(.embedded, .done) else { return breaches }
        if job.isBuffered { breaches.append("its buffers are not empty") }
        let ords = job.searchable.map(\.ord)
        if ords.sorted() != Array(0..<(job.expectedChunks ?? -1)) {
            breaches.append("planned \(job.expectedChunks ?? 0), searchable \(ords)")
        }
        let misplaced = job.searchable.filter {
            $0.vector != SimulatedEmbedder.fingerprint(of: $0.input)
        }
        if !misplaced.isEmpty { breaches.append("vectors of other texts") }
        if let parsed = job.parsed, let path = BlobPath(parsed.path) {
            let hash = disk.read(path.key).map { SHA256.hash(data: $0).hexadecimal }
            if hash != parsed.sha256 { breaches.append("its parsed text is another") }
        } else {
            breaches.append("it has no parsed text")
        }
        return breaches
    }

    /// Checks that events are contiguous, that every transition is legal, that a job returns to an
    /// earlier stage only by redrive, and that only the holder of the claim completes a job, once.
    private func historyBreaches(_ job: Tables.Job) -> [String] {
        var breaches: [String] = []
        var holder: ClaimID?
        var completed: Set<ClaimID> = []
        if job.events.last?.to != job.row.position { breaches.append("events end elsewhere") }
        for (before, event) in zip(job.events, job.events.dropFirst()) {
            guard let from = event.from, from == before.to,
                let transition = Transition(from: from, to: event.to)
            else {
                breaches.append("\(before.to) is followed by \(event.to)")
                continue
            }
            if transition == .claim { holder = event.token }
            if transition == .complete, let token = event.token {
                if token != holder { breaches.append("completed at \(event.to) by another") }
                if !completed.insert(token).inserted { breaches.append("completed twice") }
            }
        }
        return breaches
    }
}
