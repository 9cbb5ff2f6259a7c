import LocalCluster
import FoundationEssentials
import Glibc
import TestCluster

/// The programs of the run, each with its own network link to the database. Programs that end are
/// restarted.
@MainActor
final class Crew {
    /// A process, or the slot of one that is about to be restarted.
    struct Member {
        var program: String
        var name: String
        let link: NetworkLink
        var port: Int
        /// When it is started again; `nil` while it runs.
        var backAt: ContinuousClock.Instant?
        /// Whether it is shutting down for good.
        var isLeaving = false
        /// Whether it is frozen or cut off, which excludes it from further faults.
        var isImpaired = false
    }

    /// The minimum and maximum number of processes per program.
    static let sizes = [
        "ingest-api": 2...2, "parse-worker": 1...3, "chunk-worker": 1...3,
        "embed-worker": 1...3, "flusher": 1...3, "reconciler": 1...2,
    ]

    /// Services that the programs depend on and that run as processes next to them.
    enum Service: String, CaseIterable {
        /// Stores everything in memory, so a kill also wipes it.
        case broker = "embedded-broker"
        /// The embedding provider, with injected faults.
        case provider = "mock-services"
    }

    let cluster: TestCluster
    private(set) var members: [Member] = []
    /// Unexpected exits.
    private(set) var violations: [String] = []
    private let servers: Servers
    private let providerFaults: String
    private var lastNumber = 0
    /// Services that are down, and when they are started again.
    private var down: [Service: ContinuousClock.Instant] = [:]

    init(_ plan: ChaosPlan, _ servers: Servers) throws {
        self.servers = servers
        providerFaults = plan.providerFaults
        var settings = ChaosPlan.settings
        // An external Kafka is shared, so the run uses its own topics.
        if servers.kafka == nil, plan.kafkaBrokers != nil {
            settings["MILLRACE_TOPIC_PREFIX"] = "chaos-\(plan.seed)"
        }
        cluster = try TestCluster(
            TestCluster.Site(
                programs: plan.programs, runtime: plan.runtime,
                kafkaBrokers: servers.kafka.map { "127.0.0.1:\($0.port)" } ?? plan.kafkaBrokers),
            directory: plan.directory, databaseURL: servers.url(port: servers.postgresPort),
            settings: settings)
    }

    func start() async throws {
        for service in services { try start(service) }
        for program in Self.sizes.keys.sorted() {
            for _ in 0..<2 { try await hire(program) }
        }
        try await cluster.waitUntilReady(members.map(\.name))
    }

    /// Addresses that clients upload to.
    var apis: [String] {
        members.filter { $0.program == "ingest-api" }.compactMap {
            try? "http://127.0.0.1:\(cluster.port($0.name + " http"))"
        }
    }

    func hire(_ program: String) async throws {
        lastNumber += 1
        let link = NetworkLink()
        let port = try await link.open(to: servers.postgresPort)
        let member = Member(
            program: program, name: "\(program)-\(lastNumber)", link: link, port: port)
        try start(member)
        members.append(member)
    }

    private func start(_ member: Member) throws {
        try cluster.start(
            member.program, as: member.name,
            [
                "MILLRACE_POSTGRES_URL": servers.url(port: member.port),
                "MILLRACE_OPENAI_BASE_URL": "http://127.0.0.1:\(try cluster.port("provider"))/v1",
            ])
    }

    func update(_ name: String, _ change: (inout Member) -> Void) {
        guard let index = members.firstIndex(where: { $0.name == name }) else { return }
        change(&members[index])
    }

    /// Whether all services and programs are running.
    var isComplete: Bool {
        down.isEmpty
            && members.allSatisfy { $0.backAt == nil && cluster.exit(of: $0.name) == nil }
    }

    /// Whether all members report that they are ready.
    func isReady() async throws -> Bool {
        for member in members {
            let port = try cluster.port(member.name + " admin")
            guard await onOwnThread({ Probe.status(port: port, path: "/readyz") }) == 200 else {
                return false
            }
        }
        return true
    }

    // MARK: Services

    private var services: [Service] {
        cluster.hasOwnBroker ? Service.allCases : [.provider]
    }

    private func start(_ service: Service) throws {
        down[service] = nil
        try cluster.start(
            service.rawValue, as: service.rawValue,
            [
                "MILLRACE_HTTP_PORT": "\(try cluster.port("provider"))",
                "MILLRACE_FAULTS": providerFaults,
            ])
    }

    /// Kills a service, which restarts after `pause`. Returns false if it was down already.
    func kill(_ service: Service, for pause: Duration) -> Bool {
        guard down[service] == nil else { return false }
        cluster.abandon(service.rawValue)
        down[service] = .now + pause
        return true
    }

    // MARK: Keeping

    /// Restarts programs and services that have ended, until cancelled.
    func keep() async throws {
        while !Task.isCancelled {
            try await keepOnce()
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func keepOnce() async throws {
        for (service, back) in down where back < .now { try start(service) }
        for member in members {
            if let back = member.backAt {
                guard back < .now else { continue }
                update(member.name) { $0.backAt = nil }
                try start(member)
            } else if let exit = cluster.exit(of: member.name) {
                if member.isLeaving {
                    // SIGTERM kills a program that does not handle it yet.
                    if exit != .code(0), exit != .signal(SIGTERM) {
                        violations.append("\(member.name) left and \(exit)")
                    }
                    members.removeAll { $0.name == member.name }
                    try await member.link.close()
                } else {
                    if exit != .signal(SIGKILL) { violations.append("\(member.name) \(exit)") }
                    update(member.name) {
                        $0.backAt = .now + .milliseconds(Int.random(in: 0...2000))
                    }
                }
            }
        }
    }

    /// Sends SIGTERM to all programs. Returns a message for each that did not exit cleanly in time.
    func dismiss() async -> [String] {
        var slow: [String] = []
        for member in members { cluster.signal(member.name, SIGTERM) }
        for member in members {
            do {
                try await cluster.until("\(member.name) ends when asked to") {
                    cluster.exit(of: member.name) != nil
                }
                if cluster.exit(of: member.name) != .code(0) {
                    slow.append("\(member.name) did not end well")
                }
            } catch {
                slow.append("\(error)")
            }
        }
        return slow
    }

    func endAll() { cluster.endAll() }
}
