// ProgramFrame: the common parts of all programs: settings, logs, metrics, health, shutdown.
//
// Invariants: settings are read once and are valid as a whole before anything starts. No secret and
// no document text is logged. SIGTERM drains.
// Neighbours: used by Wiring, CommandLineClient and the programs.

import Glibc
package import Logging
import Metrics
package import ServiceLifecycle
import UnixSignals

/// A program: its name, its purpose and its settings.
package struct Program: Sendable {
    package let name: String
    package let purpose: String
    package let settings: [any SettingDeclaration]

    package init(_ name: String, _ purpose: String, settings: [any SettingDeclaration]) {
        self.name = name
        self.purpose = purpose
        self.settings = Self.common + settings
    }

    /// The common parts that a program's services are built from.
    package struct Context: Sendable {
        package let settings: Settings
        package let logger: Logger
        package let health: Health
        package let metrics: PrometheusRegistry
        /// Program, host and process id, as operators see it in `claimed_by`.
        package let worker: String
    }

    package static let logLevel = Setting<Logger.Level>.choice(
        "log-level",
        "Lowest severity that is logged: trace, debug, info, notice, warning, error or critical",
        default: .info)
    package static let adminHost = Setting.text(
        "admin-host", "Address that /livez, /readyz and /metrics listen on", default: "127.0.0.1")
    package static let adminPort = Setting.number(
        "admin-port", "Port of /livez, /readyz and /metrics; with any, a free one, which is logged",
        or: "any", in: 1...65535)
    private static let common: [any SettingDeclaration] = [logLevel, adminHost, adminPort]

    /// Runs the services from `assemble` until one ends or a signal arrives. SIGTERM and SIGINT
    /// shut down gracefully. Ends the process: 0 after a graceful end, 64 for invalid settings, 70
    /// when a service failed.
    package func run(
        servesAdmin: Bool = true, _ assemble: (Context) async throws -> [any Service]
    ) async -> Never {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if let text = description(for: arguments) {
            print(text)
            exit(0)
        }
        let settings: Settings
        do throws(SettingsError) {
            settings = try Settings(
                of: self.settings, arguments: arguments, environment: Self.environment())
        } catch {
            complain("\(name): \(error.description)\nSee \(name) --help.")
            exit(64)
        }
        let context = makeContext(settings)
        do {
            var services = try await assemble(context)
            if servesAdmin {
                services.append(
                    AdminServer.make(
                        host: settings[Self.adminHost], port: settings[Self.adminPort] ?? 0,
                        health: context.health, metrics: context.metrics, logger: context.logger))
            }
            let group = ServiceGroup(
                configuration: .init(
                    services: services.map {
                        .init(
                            service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                            failureTerminationBehavior: .gracefullyShutdownGroup)
                    }, gracefulShutdownSignals: [.sigterm, .sigint], logger: context.logger))
            try await group.run()
        } catch let fault as SettingFault {
            complain("\(name): \(fault)\nSee \(name) --help.")
            exit(64)
        } catch {
            context.logger.critical("program failed", metadata: ["error": "\(error)"])
            complain("\(name): \(error)")
            exit(70)
        }
        context.logger.info("stopped")
        exit(0)
    }

    /// What the program prints of itself instead of running.
    private func description(for arguments: [String]) -> String? {
        if arguments.contains(where: { $0 == "--help" || $0 == "-h" }) { return help }
        if arguments.contains("--version") { return "\(name) \(MillraceVersion.current)" }
        return arguments == ["--reference"] ? reference : nil
    }

    /// The path of another program in the same folder.
    package static func siblingExecutable(_ name: String) -> String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &path, path.count)
        let own = path.prefix(max(0, length)).map { UInt8(bitPattern: $0) }
        let folder = own.prefix(upTo: own.lastIndex(of: UInt8(ascii: "/")) ?? 0)
        return String(decoding: folder, as: UTF8.self) + "/" + name
    }

    private func makeContext(_ settings: Settings) -> Context {
        let (program, level) = (name, settings[Self.logLevel])
        LoggingSystem.bootstrap { _ in JSONLogHandler(program: program, level: level) }
        let metrics = PrometheusRegistry()
        MetricsSystem.bootstrap(metrics)
        let logger = Logger(label: name)
        var facts = Logger.Metadata(
            uniqueKeysWithValues: self.settings.map { ($0.name, "\(settings.display($0))") })
        facts["version"] = "\(MillraceVersion.current)"
        logger.info("starting", metadata: facts)
        return Context(
            settings: settings, logger: logger, health: Health(), metrics: metrics,
            worker: "\(name)@\(Self.hostName()):\(getpid())")
    }

    private func complain(_ text: String) {
        let line = text + "\n"
        _ = line.withCString { write(2, $0, strlen($0)) }
    }

    private static func hostName() -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, 255) == 0 else { return "localhost" }
        return name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    private static func environment() -> [String: String] {
        var values: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return values
    }
}
