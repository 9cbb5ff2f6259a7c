// TestCluster: the real programs as processes of a trial, which starts, kills and freezes them.
//
// Invariants: a program that ends is not replaced, unless the trial starts it again. No process
// outlives `killAll`.
// Neighbours: the crash matrix, the chaos runs and the validation use it.

package import LocalCluster
import FoundationEssentials
import Glibc
import Migrations

/// Processes that share a folder, a database and a broker.
@MainActor
package final class TestCluster {
    /// Paths and addresses that all clusters share.
    package struct Site: Sendable {
        /// Folder of the built programs.
        package var programs: String
        /// What scripts/install-dependencies installed.
        package var runtime: String
        /// A Kafka to run on; `nil` for an embedded broker per cluster.
        package var kafkaBrokers: String?
        /// Settings of a blob store that replaces the cluster's folder.
        package var storage: [String: String]

        package init(
            programs: String, runtime: String, kafkaBrokers: String?,
            storage: [String: String] = [:]
        ) {
            self.programs = programs
            self.runtime = runtime
            self.kafkaBrokers = kafkaBrokers
            self.storage = storage
        }
    }

    package let directory: String
    package let databaseURL: String
    package let hasOwnBroker: Bool
    private let site: Site
    private let settings: [String: String]
    private let brokers: String
    private var ports: [String: Int] = [:]
    private var children: [String: ChildProcess] = [:]

    /// - Parameters:
    ///   - settings: the environment of every program. Overrides the cluster's own values.
    package init(
        _ site: Site, directory: String, databaseURL: String, settings: [String: String]
    ) throws {
        self.site = site
        self.directory = directory
        self.databaseURL = databaseURL
        self.settings = settings
        hasOwnBroker = site.kafkaBrokers == nil
        let broker = try Self.freePort()
        ports["broker"] = broker
        brokers = site.kafkaBrokers ?? "127.0.0.1:\(broker)"
        try FileManager.default.createDirectory(
            atPath: directory + "/blobs", withIntermediateDirectories: true)
    }

    private static var takenPorts: Set<Int> = []

    private static func freePort() throws -> Int {
        let port = try FreePort.find(excluding: takenPorts)
        takenPorts.insert(port)
        return port
    }

    /// The port of an endpoint, as in `ingest-api http`. It stays the same across restarts.
    package func port(_ name: String) throws -> Int {
        if let known = ports[name] { return known }
        let port = try Self.freePort()
        ports[name] = port
        return port
    }

    /// The database's URL with only the privileges of operators, as in production.
    private var operatorURL: String {
        databaseURL + (databaseURL.contains("?") ? "&" : "?")
            + "options=-c%20role%3D\(ProgramRole.operator.name)"
    }

    // MARK: Processes

    /// Starts a program under a name. An earlier program of that name must have ended.
    package func start(
        _ program: String, as name: String? = nil, _ more: [String: String] = [:]
    ) throws {
        let name = name ?? program
        var environment = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "MILLRACE_CL100K_PATH": site.runtime + "/cl100k/cl100k_base.tiktoken",
            "MILLRACE_PDFIUM_PATH": site.runtime + "/pdfium/libpdfium.so",
            "MILLRACE_POSTGRES_URL": databaseURL,
            "MILLRACE_OPERATIONS_POSTGRES_URL": operatorURL,
            "MILLRACE_TOKENS": Self.operatorTokens,
            "MILLRACE_KAFKA_BROKERS": brokers,
            "MILLRACE_BLOB_ROOT": directory + "/blobs",
            "MILLRACE_ADMIN_PORT": "\(try port(name + " admin"))",
            "MILLRACE_ANONYMOUS_TENANT": "00000000-0000-4000-8000-000000000001",
            "MILLRACE_HTTP_HOST": "127.0.0.1",
            "MILLRACE_HTTP_PORT": "\(try port(name + " http"))",
            "MILLRACE_BROKER_PORT": "\(try port("broker"))",
        ]
        environment.merge(site.storage) { $1 }
        environment.merge(settings) { $1 }
        environment.merge(more) { $1 }
        var specification = ProcessSpecification(
            executable: "\(site.programs)/\(program)", environment: environment,
            log: log(of: name))
        // Programs must not outlive a trial that is killed.
        specification.deathSignal = .terminate
        // An earlier process that was killed but never polled would stay a zombie.
        _ = children[name]?.wait(seconds: 5)
        children[name] = try SpawnThread.shared.get().start(specification)
    }

    /// Runs a command of `millrace` to its end. Returns `nil` if `abandon` ended it.
    package func millrace(
        _ arguments: [String], as name: String = "millrace", _ more: [String: String] = [:]
    ) async throws -> ProcessExit? {
        var environment = ["PATH": "/usr/bin:/bin", "MILLRACE_RUNTIME": site.runtime]
        environment.merge(more) { $1 }
        children[name] = try ChildProcess.start(
            ProcessSpecification(
                executable: site.programs + "/millrace", arguments: arguments,
                environment: environment, log: log(of: name)))
        while let child = children[name] {
            if let exit = child.poll() { return exit }
            try await Task.sleep(for: .milliseconds(10))
        }
        return nil
    }

    /// Uploads a file through one API. Returns whether it was accepted.
    package func submit(
        _ file: String, to api: String = "ingest-api", as client: String = "client"
    ) async throws -> Bool {
        let url = "http://127.0.0.1:\(try port(api + " http"))"
        return try await millrace(
            ["submit", file, "--api", url, "--directory", directory], as: client) == .code(0)
    }

    /// The token "operator", for operators.
    private static let operatorTokens =
        "operator 06e55b633481f7bb072957eabcf110c972e86691c3cfedabe088024bffe42f23"

    /// Runs an operator's command of `millrace` through one API.
    package func operate(
        _ arguments: [String], through api: String = "ingest-api", as name: String = "operator"
    ) async throws -> ProcessExit? {
        let url = "http://127.0.0.1:\(try port(api + " http"))"
        return try await millrace(
            arguments + ["--api", url, "--token", "operator", "--directory", directory], as: name)
    }

    package func signal(_ name: String, _ number: Int32) { children[name]?.signal(number) }

    package func pid(of name: String) -> Int32? { children[name]?.identity.pid }

    /// How a process ended; `nil` while it runs.
    package func exit(of name: String) -> ProcessExit? { children[name]?.poll() }

    package func isStopped(_ name: String) -> Bool {
        guard let pid = children[name]?.identity.pid,
            let data = FileManager.default.contents(atPath: "/proc/\(pid)/stat")
        else { return false }
        // "pid (name) T …": the name can contain anything, so the state follows the last bracket.
        let text = String(decoding: data, as: UTF8.self)
        return text.lastIndex(of: ")").map { text[$0...].hasPrefix(") T") } ?? false
    }

    /// Kills a process and removes it from the cluster.
    package func abandon(_ name: String) {
        guard let child = children.removeValue(forKey: name) else { return }
        child.signal(SIGKILL)
        _ = child.wait(seconds: 5)
    }

    package func killAll() {
        for child in children.values { child.signal(SIGKILL) }
        for child in children.values { _ = child.wait(seconds: 5) }
        children = [:]
    }

    // MARK: Watching

    package func log(of name: String) -> String { "\(directory)/\(name).log" }

    package func logText(of name: String) -> String {
        String(
            decoding: FileManager.default.contents(atPath: log(of: name)) ?? Data(), as: UTF8.self)
    }

    /// Waits until processes report that they are ready.
    ///
    /// - Throws: `TrialFailure` when one ends before, or takes longer than 90 seconds.
    package func waitUntilReady(_ names: [String]) async throws {
        for name in names {
            let port = try port(name + " admin")
            try await until("\(name) is ready") {
                if let exit = self.exit(of: name) { throw TrialFailure("\(name) \(exit)") }
                return try await onOwnThread { Probe.status(port: port, path: "/readyz") } == 200
            }
        }
    }

    /// Polls until `condition` holds. Throws `TrialFailure` after `limit`.
    package func until(
        _ what: String, within limit: Duration = .seconds(90),
        _ condition: () async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now + limit
        while try await !condition() {
            guard ContinuousClock.now < end else {
                throw TrialFailure("timed out after \(limit): \(what)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}

/// The failure of a trial.
package struct TrialFailure: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
