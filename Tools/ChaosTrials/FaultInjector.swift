import Domain
import FoundationEssentials
import Glibc
import TestCluster

/// Injects faults at random times.
@MainActor
final class FaultInjector {
    /// A kill of a worker that possibly held claims.
    struct Kill: Codable, Sendable {
        var worker: String
        /// Seconds since 1970.
        var at: Double
    }

    private(set) var faults: [Fault: Int] = [:]
    private(set) var kills: [Kill] = []
    /// A line for the start and the end of each fault, to compare with the programs' logs.
    private(set) var faultLog: [String] = []
    private let run: ChaosRun
    private var random: SplitMix64
    /// Repairs that are due later.
    private var repairs: [(at: ContinuousClock.Instant, repair: () async throws -> Void)] = []

    private var fleet: Fleet { run.fleet }
    private var servers: Servers { run.servers }

    init(_ run: ChaosRun) {
        self.run = run
        random = SplitMix64(state: run.plan.seed)
    }

    /// Injects faults for a while, and reports progress about once per second.
    func act(for duration: Duration, report: () async throws -> Void) async throws {
        let end = ContinuousClock.now + duration
        var next = ContinuousClock.now
        var nextReport = next
        while ContinuousClock.now < end {
            if next < .now {
                try await injectFault()
                next = .now + run.plan.meanPause * Double.random(in: 0.2...1.8, using: &random)
            }
            if nextReport < .now {
                try await report()
                nextReport = .now + .seconds(1)
            }
            try await repair(dueAt: .now)
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Runs all pending repairs.
    func repairAll() async throws {
        try await repair(dueAt: .now + .seconds(3600))
    }

    private func repair(dueAt time: ContinuousClock.Instant) async throws {
        let due = repairs.filter { $0.at <= time }
        repairs.removeAll { $0.at <= time }
        for (_, repair) in due { try await repair() }
    }

    private func later(_ duration: Duration, _ repair: @escaping () async throws -> Void) {
        repairs.append((.now + duration, repair))
    }

    private func choose() -> Fault {
        guard !run.plan.hasKillsAlone else { return .killed }
        var number = Int.random(in: 0..<Fault.allCases.map(\.weight).reduce(0, +), using: &random)
        return Fault.allCases.first {
            number -= $0.weight
            return number < 0
        }!
    }

    private func seconds(_ range: ClosedRange<Double>) -> Duration {
        .seconds(Double.random(in: range, using: &random))
    }

    private func injectFault() async throws {
        let fault = choose()
        let isDone: Bool
        switch fault {
        case .killed: isDone = killProgram()
        case .frozen: isDone = freeze()
        case .cutOff: isDone = cutOff()
        case .scaledUp: isDone = try await scaleUp()
        case .scaledDown: isDone = scaleDown()
        case .parserKilled: isDone = killParser()
        case .providerKilled:
            isDone = fleet.kill(.provider, for: seconds(0...4))
            if isDone { record("kill provider") }
        case .brokerKilled: isDone = try await killBroker(wiping: false)
        case .brokerWiped: isDone = try await killBroker(wiping: true)
        case .serverShutDown: isDone = try restartServer(SIGINT)
        case .serverCrashed: isDone = try restartServer(SIGQUIT)
        case .backendKilled:
            isDone = await servers.crashBackend()
            if isDone { record("kill a process of PostgreSQL") }
        }
        if isDone { faults[fault, default: 0] += 1 }
    }

    private func record(_ what: String) {
        let time = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        faultLog.append("\(time) \(what)")
    }

    // MARK: Programs

    /// Picks a running instance that is not shutting down, frozen or cut off.
    private func victim(where fits: (Fleet.Instance) -> Bool = { _ in true }) -> Fleet.Instance? {
        fleet.instances.filter {
            $0.restartsAt == nil && !$0.isStopping && !$0.isImpaired && fits($0)
                && fleet.cluster.exit(of: $0.name) == nil
        }.randomElement(using: &random)
    }

    private func killProgram() -> Bool {
        guard let victim = victim(), let pid = fleet.cluster.pid(of: victim.name) else {
            return false
        }
        let worker = "\(victim.program)@\(Self.host):\(pid)"
        record("kill \(victim.name)")
        kills.append(Kill(worker: worker, at: Date().timeIntervalSince1970))
        fleet.cluster.signal(victim.name, SIGKILL)
        return true
    }

    /// The host name in the programs' worker names.
    private static let host: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, 255) == 0 else { return "localhost" }
        return name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }()

    /// Freezes a program, often for longer than its lease.
    private func freeze() -> Bool {
        guard let victim = victim() else { return false }
        record("freeze \(victim.name)")
        fleet.update(victim.name) { $0.isImpaired = true }
        fleet.cluster.signal(victim.name, SIGSTOP)
        later(seconds(0.2...15)) { [self] in
            record("resume \(victim.name)")
            fleet.cluster.signal(victim.name, SIGCONT)
            fleet.update(victim.name) { $0.isImpaired = false }
        }
        return true
    }

    private func cutOff() -> Bool {
        guard let victim = victim() else { return false }
        record("cut off \(victim.name)")
        fleet.update(victim.name) { $0.isImpaired = true }
        victim.link.cut()
        let severs = Bool.random(using: &random)
        later(seconds(0.2...15)) { [self] in
            record("\(severs ? "sever" : "restore") \(victim.name)")
            victim.link.restore()
            if severs { victim.link.sever() }
            fleet.update(victim.name) { $0.isImpaired = false }
        }
        return true
    }

    private func scaleUp() async throws -> Bool {
        let short = Fleet.sizes.filter { size(of: $0.key) < $0.value.upperBound }.keys.sorted()
        guard let program = short.randomElement(using: &random) else { return false }
        record("add \(program)")
        try await fleet.add(program)
        return true
    }

    private func scaleDown() -> Bool {
        guard
            let victim = victim(where: {
                size(of: $0.program) > Fleet.sizes[$0.program]!.lowerBound
            })
        else { return false }
        record("scale down \(victim.name)")
        fleet.update(victim.name) { $0.isStopping = true }
        fleet.cluster.signal(victim.name, SIGTERM)
        return true
    }

    private func size(of program: String) -> Int {
        fleet.instances.count { $0.program == program && !$0.isStopping }
    }

    private func killParser() -> Bool {
        let parents = fleet.instances.filter { $0.program == "parse-worker" }
            .compactMap { fleet.cluster.pid(of: $0.name) }
        let children = parents.flatMap { parent in
            let path = "/proc/\(parent)/task/\(parent)/children"
            let text = FileManager.default.contents(atPath: path) ?? Data()
            return String(decoding: text, as: UTF8.self).split(separator: " ")
                .compactMap { Int32($0) }
        }
        guard let child = children.randomElement(using: &random) else { return false }
        // The parse may have ended in the meantime.
        guard kill(child, SIGKILL) == 0 else { return false }
        record("kill parser \(child)")
        return true
    }

    // MARK: Servers

    private func killBroker(wiping: Bool) async throws -> Bool {
        let what = "kill broker\(wiping ? ", wiping" : "")"
        guard let kafka = servers.kafka else {
            // The cluster's own broker keeps its messages in memory, so that a kill wipes it.
            guard wiping, fleet.cluster.hasOwnBroker, fleet.kill(.broker, for: seconds(0...4))
            else { return false }
            record(what)
            return true
        }
        record(what)
        kafka.kill()
        if wiping { try kafka.wipe() }
        try await kafka.start()
        return true
    }

    private func restartServer(_ signal: Int32) throws -> Bool {
        record("stop PostgreSQL with signal \(signal)")
        servers.stopPostgres(signal)
        try servers.startPostgres()
        record("PostgreSQL has restarted")
        return true
    }
}
