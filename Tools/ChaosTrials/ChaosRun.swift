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
    let crew: Crew
    private let uploads: Uploads

    package init(_ plan: ChaosPlan) throws {
        self.plan = plan
        servers = try Servers(plan)
        crew = try Crew(plan, servers)
        uploads = Uploads(seed: plan.seed, rate: plan.rate)
    }

    /// - Parameter inspect: called with the database once all jobs and programs have ended.
    package func report(
        inspecting inspect: (TrialDatabase) async throws -> Void = { _ in }
    ) async throws -> ChaosReport {
        do {
            let report = try await live()
            try await inspect(servers.database)
            await end()
            return report
        } catch {
            await end()
            throw error
        }
    }

    private func live() async throws -> ChaosReport {
        try await servers.start()
        try await crew.start()
        Self.say("everything is ready; chaos begins")
        let keeper = Task { try await crew.keep() }
        defer { keeper.cancel() }
        let apis = crew.apis
        let uploading = Task { [uploads] in await uploads.run(to: apis) }
        let injector = FaultInjector(self)
        defer { keep(injector.faultLog) }
        try await injector.act(for: plan.duration) { try await self.report(injector) }
        uploading.cancel()
        await uploading.value
        try await injector.makeGood()
        Self.say("faults are over; waiting for the last documents")
        let settled = try await settle()
        keeper.cancel()
        let slow = await crew.dismiss()
        var report = try await Verification(
            database: servers.database, uploads: await uploads.acknowledged,
            faults: injector.faults, kills: injector.kills
        ).report(settled: settled, violations: crew.violations + slow + (await uploads.violations))
        report.auditFindings = try await audit()
        return report
    }

    /// The findings of `millrace audit --all`; empty if there are none.
    private func audit() async throws -> [String] {
        let url = servers.url(port: servers.postgresPort)
        let exit = try await crew.cluster.millrace(["audit", "--all", "--url", url], as: "audit")
        guard exit != .code(0) else { return [] }
        return crew.cluster.logText(of: "audit").split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("ok ") }
    }

    private func end() async {
        crew.endAll()
        await servers.stop()
    }

    /// Waits until every job has ended, then until every program is back. Returns how long the jobs
    /// took.
    private func settle() async throws -> Duration {
        let calm = ContinuousClock.now
        try await waitFor("all jobs have ended") { try await self.servers.unfinished() == 0 }
        let settled = calm.duration(to: .now)
        try await waitFor("everyone is back") { self.crew.isComplete }
        // SIGTERM would kill a program that does not handle it yet.
        try await waitFor("everyone is ready") { try await self.crew.isReady() }
        return settled
    }

    /// Waits up to three minutes. A timeout is only logged, because `Verification` finds its effects.
    private func waitFor(_ what: String, _ condition: () async throws -> Bool) async throws {
        do {
            try await crew.cluster.until(what, within: .seconds(180), condition)
        } catch let failure as TrialFailure {
            Self.say("\(failure)")
        }
    }

    private func keep(_ faultLog: [String]) {
        let text = Data((faultLog.joined(separator: "\n") + "\n").utf8)
        // Best effort: the file only helps to analyse a failed run.
        try? text.write(to: URL(filePath: plan.directory + "/faults.log"))
    }

    private var lastWord = ContinuousClock.now

    private func report(_ injector: FaultInjector) async throws {
        let unfinished = try? await servers.unfinished()
        if let unfinished { await uploads.update(backlog: unfinished) }
        guard lastWord.duration(to: .now) > .seconds(10) else { return }
        lastWord = .now
        let count = await uploads.acknowledged.count
        Self.say(
            "\(count) documents accepted, \(unfinished.map(String.init) ?? "?") unfinished; "
                + "\(injector.faults.values.reduce(0, +)) faults")
    }

    private static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
