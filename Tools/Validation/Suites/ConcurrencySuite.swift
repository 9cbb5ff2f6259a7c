import TestCluster

/// Many uploads, many workers, and how the rate grows with their number.
@MainActor
struct ConcurrencySuite {
    let plan: ValidationPlan
    let ledger: Ledger

    func run() async throws {
        try await plan.withCluster("at-once") { cluster, database in
            try await cluster.begin(["ingest-api"])
            await ledger.record(.manyAtOnce) { try await manyAtOnce($0, cluster, database) }
        }
        await ledger.record(.manyWorkers) { try await ManyWorkers(plan: plan).claim($0) }
        await ledger.record(.curve) { try await WorkerCurve(plan: plan).measure($0) }
    }

    /// All clients upload concurrently: first different documents, then the same one.
    private func manyAtOnce(
        _ checks: Checks, _ cluster: TestCluster, _ database: TrialDatabase
    ) async throws {
        let scale = plan.scale
        checks.done = """
            \(scale.clients) clients uploaded \(scale.uploads.grouped) documents concurrently, \
            then all of them uploaded the same document.
            """
        checks.expected = """
            Each upload is accepted as one document with one job and one event; equal bytes are \
            one document; no deadlock.
            """
        let client = try cluster.client()
        let start = ContinuousClock.now
        let accepted = try await Self.upload(scale.uploads, by: scale.clients) { number in
            try await client.upload("# Parcel \(number)\n\nBay \(number).", as: "p\(number).md")
        }
        let taken = start.duration(to: .now) / .seconds(1)
        checks.equal("accepted", accepted.count, scale.uploads)
        checks.equal("documents", Set(accepted.map(\.document_id)).count, scale.uploads)
        checks.equal("jobs", Set(accepted.map(\.job_id)).count, scale.uploads)
        let same = try await Self.upload(scale.clients, by: scale.clients) { _ in
            try await client.upload("# The same\n\nFor all.", as: "same.md")
        }
        checks.equal("documents of equal bytes", Set(same.map(\.document_id)).count, 1)
        checks.equal("of these uploads, not duplicates", same.count { !$0.duplicate }, 1)
        for table in ["documents", "upload_jobs", "events"] {
            checks.equal(
                "rows in \(table)", try await database.count("upload_pipeline." + table),
                scale.uploads + 1)
        }
        checks.equal("deadlocks", try await database.deadlocks(), 0)
        if plan.isTimed { checks.note("uploads per second", (Double(scale.uploads) / taken).short) }
    }

    private static func upload(
        _ count: Int, by clients: Int,
        _ upload: @escaping @Sendable (Int) async throws -> Client.Accepted
    ) async throws -> [Client.Accepted] {
        try await withThrowingTaskGroup(of: [Client.Accepted].self) { group in
            for client in 0..<clients {
                group.addTask {
                    var accepted: [Client.Accepted] = []
                    for number in stride(from: client, to: count, by: clients) {
                        accepted.append(try await upload(number))
                    }
                    return accepted
                }
            }
            var all: [Client.Accepted] = []
            for try await some in group { all += some }
            return all
        }
    }
}

extension TrialDatabase {
    /// Deadlocks that the server has resolved in this database.
    func deadlocks() async throws -> Int {
        try await number(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    }
}
