import FoundationEssentials
import TestCluster

/// Runs cells, each with its own cluster and database.
struct Matrix: Sendable {
    let site: TestCluster.Site
    /// URL of a PostgreSQL server on which the user can create databases.
    let server: String
    /// The folder of the clusters' files. The files of failed cells are kept.
    let directory: String

    /// The outcome of a cell.
    struct Outcome: Sendable {
        var cell: Cell
        /// From the fault until all documents had ended; `nil` when the trial failed.
        var recovery: Duration?
        var text: String
    }

    /// Every fault at every step of each program. A run without faults shows a program's steps.
    func allCells() async throws -> [Cell] {
        var cells: [Cell] = []
        for scenario in Scenario.allCases {
            for target in scenario.targets {
                let known = Set(cells.filter { $0.target == target }.map(\.point))
                for point in try await points(of: target, in: scenario)
                where !known.contains(point) && !Self.isOfReading(point)
                    && (scenario.worksLong || !point.hasSuffix(" heartbeat"))
                {
                    cells += Fault.allCases.map {
                        Cell(scenario: scenario, target: target, point: point, fault: $0)
                    }
                }
            }
        }
        return cells
    }

    /// Whether a point is at a statement that only reads.
    private static func isOfReading(_ point: String) -> Bool {
        [
            "auditAcceptance", "auditBounds", "auditChunks", "auditHistory", "auditTouched",
            "blobsAreHeld", "gauges", "oldestWaiting", "referencedBlobs", "pendingChunks",
            "holdsClaim", "keyHolder", "knownUpload", "idleQueues", "missingJobs", "parseTicket",
            "spentToday", "parseReported", "nextTenant", "lockCells", "unsketchedChunks",
            "oversizedCells", "unassignedSpace", "cells", "cellMembers", "lostSessions",
            "checkLogin", "nextCountedTenant",
        ].contains { point.hasSuffix(" " + $0) }
    }

    /// The points that a program passes, in order.
    func points(of target: String, in scenario: Scenario) async throws -> [String] {
        try await withCluster(scenario, "census \(scenario) \(target)") { cluster, database in
            _ = try await Trial(
                scenario: scenario, target: target, fault: nil, cluster: cluster,
                database: database
            ).run(order: "list")
            return cluster.logText(of: target).split(separator: "\n").compactMap {
                $0.hasPrefix("fail point: ") ? String($0.dropFirst("fail point: ".count)) : nil
            }
        }
    }

    func run(_ cell: Cell) async -> Outcome {
        do {
            let name = "\(cell.scenario) \(cell.target) \(cell.fault) \(cell.point)"
            return try await withCluster(cell.scenario, name) { cluster, database in
                let recovery = try await Trial(
                    scenario: cell.scenario, target: cell.target, fault: cell.fault,
                    cluster: cluster, database: database
                ).run(order: "\(cell.fault) \(cell.point)")
                let endings = try await database.texts(
                    """
                    SELECT DISTINCT code FROM upload_pipeline.events
                    WHERE code IN ('lease_expired', 'worker_died')
                    """)
                return Outcome(
                    cell: cell, recovery: recovery,
                    text: Self.text(
                        cell, endings: endings, log: cluster.logText(of: cell.target)))
            }
        } catch {
            return Outcome(cell: cell, recovery: nil, text: "FAILED: \(error)")
        }
    }

    private static func text(_ cell: Cell, endings: [String], log: String) -> String {
        let end = cell.scenario == .unreadable ? "dead letter" : "searchable"
        let taken =
            endings.contains("worker_died")
            ? "claimed again after its worker died"
            : endings.contains("lease_expired")
                ? "claimed again after its lease" : "no claim was held"
        let refused = log.contains("claim lost") || log.contains("not recorded")
        let woken =
            cell.fault == .stop
            ? (refused ? "; resumed, write refused" : "; resumed, nothing to write") : ""
        return "\(end), \(taken)\(woken)"
    }

    /// Runs cells, `atOnce` at a time, and reports each outcome as it arrives.
    func run(
        _ cells: [Cell], atOnce: Int, report: @Sendable @escaping (Outcome) -> Void
    ) async -> [Outcome] {
        await withTaskGroup { group in
            var waiting = cells[...]
            var outcomes: [Outcome] = []
            for _ in 0..<atOnce {
                if let cell = waiting.popFirst() { group.addTask { await run(cell) } }
            }
            for await outcome in group {
                outcomes.append(outcome)
                report(outcome)
                if let cell = waiting.popFirst() { group.addTask { await run(cell) } }
            }
            return outcomes
        }
    }

    private func withCluster<R: Sendable>(
        _ scenario: Scenario, _ name: String,
        _ body: @MainActor (TestCluster, TrialDatabase) async throws -> R
    ) async throws -> R {
        let folder = directory + "/" + name.replacing(" ", with: "-")
        return try await TrialDatabase.withTemporary(on: server) { database in
            let cluster = try await TestCluster(
                site, directory: folder, databaseURL: database.url,
                settings: Trial.settings(scenario, site))
            let value = try await body(cluster, database)
            try FileManager.default.removeItem(atPath: folder)
            return value
        }
    }
}
