import ChaosTrials
import Domain
import FoundationEssentials
import Postgres
import TestCluster

/// Checks rows and events after chaos, and what the database refuses.
@MainActor
struct IntegritySuite {
    let plan: ValidationPlan
    let ledger: Ledger

    func run() async throws {
        var trail: (replay: EventReplay, types: [String])?
        await ledger.record(.references) { checks in
            trail = try await references(checks)
        }
        await ledger.record(.constraints) { checks in
            try await TrialDatabase.withTemporary(on: plan.server) { database in
                try await Refusals(database: database).check(checks)
            }
        }
        await ledger.record(.auditTrail) { checks in
            checks.done = """
                Replayed the events of every job of the chaos run against the transition rules, \
                and compared the last position with the row.
                """
            checks.expected = """
                Every event continues from the previous one by an allowed transition of the \
                right type; the last event of every job matches its row.
                """
            guard let trail else { throw TrialFailure("the chaos run did not finish") }
            trail.replay.compare(checks)
            checks.note("events by type", trail.types.joined(separator: ", "))
        }
    }

    private static let allFaults =
        "programs, PostgreSQL, broker and provider are killed, frozen and cut off"

    /// A run of `make chaos`: programs, servers and provider fail at random.
    private func references(
        _ checks: Checks
    ) async throws -> (replay: EventReplay, types: [String])? {
        let scale = plan.scale
        let seconds = Int(scale.chaos / .seconds(1))
        checks.done = """
            \(seconds) s of `make chaos`: documents are uploaded while \
            \(scale.hasKillsAlone ? "programs are killed" : Self.allFaults); then looked for rows \
            without their parents.
            """
        checks.expected = "No document lost or duplicated; 0 orphans; a clean audit."
        var chaos = ChaosPlan(
            programs: plan.site.programs, runtime: plan.site.runtime,
            directory: plan.directory + "/chaos", kafkaHome: nil,
            kafkaBrokers: plan.site.kafkaBrokers, duration: scale.chaos,
            meanPause: scale.pauseOfChaos, rate: 10, seed: UInt64.random(in: 1...999_999))
        chaos.hasKillsAlone = scale.hasKillsAlone
        var trail: (replay: EventReplay, types: [String])?
        let report = try await ChaosRun(chaos).report { database in
            try await database.checkOrphans(checks)
            let types = try await database.texts(
                """
                SELECT count(*) || ' ' || type FROM upload_pipeline.events
                GROUP BY type ORDER BY type
                """)
            trail = (try await EventReplay(database), types)
        }
        checks.note("seed", "\(chaos.seed)")
        checks.note("faults", "\(report.faultCount)")
        checks.require("documents accepted", "\(report.acknowledged)", report.acknowledged > 0)
        checks.note("chunks searchable", "\(report.chunks)")
        checks.equal("lost", report.lost, [])
        checks.equal("duplicated", report.duplicated, [])
        checks.equal("violations", report.violations, [])
        checks.equal("dead letters of readable documents", report.unexpectedDeadLetters, [])
        checks.equal("violations found by the audit", report.auditFindings, [])
        return trail
    }
}
