import LocalCluster
import FoundationEssentials
import Glibc
import TestCluster

/// The programs of the run, each with its own network link to the database. Programs that end are
/// restarted.
@MainActor
final class Fleet {
    /// A process, or the slot of one that is about to be restarted.
    struct Instance {
        var program: String
        var name: String
        let link: NetworkLink
        var port: Int
        /// When it is started again; `nil` while it runs.
        var restartsAt: ContinuousClock.Instant?
        /// Whether it is shutting down for good.
        var isStopping = false
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
    private(set) var instances: [Instance] = []
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
            for _ in 0..<2 { try await add(program) }
        }
        try await cluster.waitUntilReady(instances.map(\.name))
    }

    /// Addresses that clients upload to.
    var apis: [String] {
        instances.filter { $0.program == "ingest-api" }.compactMap {
            try? "http://127.0.0.1:\(cluster.port($0.name + " http"))"
        }
    }

    func add(_ program: String) async throws {
        lastNumber += 1
        let link = NetworkLink()
        let port = try await link.open(to: servers.postgresPort)
        let instance = Instance(
            program: program, name: "\(program)-\(lastNumber)", link: link, port: port)
        try start(instance)
        instances.append(instance)
    }

    private func start(_ instance: Instance) throws {
        try cluster.start(
            instance.program, as: instance.name,
            [
                "MILLRACE_POSTGRES_URL": servers.url(port: instance.port),
                "MILLRACE_OPENAI_BASE_URL": "http://127.0.0.1:\(try cluster.port("provider"))/v1",
            ])
    }

    func update(_ name: String, _ change: (inout Instance) -> Void) {
        guard let index = instances.firstIndex(where: { $0.name == name }) else { return }
        change(&instances[index])
    }

    /// Whether all services and programs are running.
    var isComplete: Bool {
        down.isEmpty
            && instances.allSatisfy { $0.restartsAt == nil && cluster.exit(of: $0.name) == nil }
    }

    /// Whether all instances report that they are ready.
    func isReady() async throws -> Bool {
        for instance in instances {
            let port = try cluster.port(instance.name + " admin")
            guard try await onOwnThread({ Probe.status(port: port, path: "/readyz") }) == 200 else {
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
    func supervise() async throws {
        while !Task.isCancelled {
            try await superviseOnce()
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func superviseOnce() async throws {
        for (service, back) in down where back < .now { try start(service) }
        for instance in instances {
            if let back = instance.restartsAt {
                guard back < .now else { continue }
                update(instance.name) { $0.restartsAt = nil }
                try start(instance)
            } else if let exit = cluster.exit(of: instance.name) {
                if instance.isStopping {
                    // SIGTERM kills a program that does not handle it yet.
                    if exit != .code(0), exit != .signal(SIGTERM) {
                        violations.append("\(instance.name) was scaled down and \(exit)")
                    }
                    instances.removeAll { $0.name == instance.name }
                    try await instance.link.close()
                } else {
                    if exit != .signal(SIGKILL) { violations.append("\(instance.name) \(exit)") }
                    update(instance.name) {
                        $0.restartsAt = .now + .milliseconds(Int.random(in: 0...2000))
                    }
                }
            }
        }
    }

    /// Sends SIGTERM to all programs. Returns a message for each that did not exit cleanly in time.
    func stop() async -> [String] {
        var slow: [String] = []
        for instance in instances { cluster.signal(instance.name, SIGTERM) }
        for instance in instances {
            do {
                try await cluster.until("\(instance.name) has stopped after SIGTERM") {
                    cluster.exit(of: instance.name) != nil
                }
                if cluster.exit(of: instance.name) != .code(0) {
                    slow.append("\(instance.name) did not stop cleanly")
                }
            } catch {
                slow.append("\(error)")
            }
        }
        return slow
    }

    func killAll() { cluster.killAll() }
}
