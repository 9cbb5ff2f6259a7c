import LocalCluster
import FoundationEssentials
import Glibc
package import TestCluster

/// One run: starts servers and programs, uploads documents, injects faults, waits for the last jobs
/// and verifies the results.
@MainActor
package final class ChaosRun {
    let plan: ChaosPlan
    let servers: Servers
    let fleet: Fleet
    private let uploads: Uploads

    package init(_ plan: ChaosPlan) throws {
        self.plan = plan
        servers = try Servers(plan)
        fleet = try Fleet(plan, servers)
        uploads = Uploads(seed: plan.seed, rate: plan.rate)
    }

    /// - Parameter inspect: called with the database once all jobs and programs have ended.
    package func report(
        inspecting inspect: (TrialDatabase) async throws -> Void = { _ in }
    ) async throws -> ChaosReport {
        do {
            let report = try await run()
            try await inspect(servers.database)
            await end()
            return report
        } catch {
            await end()
            throw error
        }
    }

    private func run() async throws -> ChaosReport {
        try await servers.start()
        try await fleet.start()
        Self.log("all programs are ready; injecting faults")
        let supervision = Task { try await fleet.supervise() }
        defer { supervision.cancel() }
        let apis = fleet.apis
        let uploading = Task { [uploads] in await uploads.run(to: apis) }
        let injector = FaultInjector(self)
        defer { save(injector.faultLog) }
        try await injector.act(for: plan.duration) { try await self.report(injector) }
        uploading.cancel()
        await uploading.value
        try await injector.repairAll()
        Self.log("no more faults; waiting for the last documents")
        let settled = try await settle()
        supervision.cancel()
        let slow = await fleet.stop()
        var report = try await Verification(
            database: servers.database, uploads: await uploads.acknowledged,
            faults: injector.faults, kills: injector.kills
        ).report(settled: settled, violations: fleet.violations + slow + (await uploads.violations))
        report.auditFindings = try await TrialAudit.findings(
            in: servers.url(port: servers.postgresPort))
        return report
    }

    private func end() async {
        fleet.killAll()
        await servers.stop()
    }

    /// Waits until every job has ended, then until every program is back. Returns how long the jobs
    /// took.
    private func settle() async throws -> Duration {
        let start = ContinuousClock.now
        try await waitFor("all jobs have ended") { try await self.servers.unfinished() == 0 }
        let settled = start.duration(to: .now)
        try await waitFor("all programs have restarted") { self.fleet.isComplete }
        // SIGTERM would kill a program that does not handle it yet.
        try await waitFor("all programs are ready") { try await self.fleet.isReady() }
        return settled
    }

    /// Waits up to quantiles minutes. A timeout is only logged, because `Verification` finds its
    /// effects.
    private func waitFor(_ what: String, _ condition: () async throws -> Bool) async throws {
        do {
            try await fleet.cluster.until(what, within: .seconds(180), condition)
        } catch let failure as TrialFailure {
            Self.log("\(failure)")
        }
    }

    private func save(_ faultLog: [String]) {
        let text = Data((faultLog.joined(separator: "\n") + "\n").utf8)
        // Best effort: the file only helps to analyse a failed run.
        try? text.write(to: URL(filePath: plan.directory + "/faults.log"))
    }

    private var lastReport = ContinuousClock.now

    private func report(_ injector: FaultInjector) async throws {
        let unfinished = try? await servers.unfinished()
        if let unfinished { await uploads.update(backlog: unfinished) }
        guard lastReport.duration(to: .now) > .seconds(10) else { return }
        lastReport = .now
        let count = await uploads.acknowledged.count
        Self.log(
            "\(count) documents accepted, \(unfinished.map(String.init) ?? "?") unfinished; "
                + "\(injector.faults.values.reduce(0, +)) faults")
    }

    private static func log(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
