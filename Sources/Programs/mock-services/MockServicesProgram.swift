import Hummingbird
import Logging
import MockServices
import ProgramFrame

/// Serves the providers' APIs with deterministic results and scripted faults.
@main
enum MockServicesProgram {
    static let host = Setting.text(
        "http-host", "Address that the services listen on", default: "127.0.0.1")
    static let port = Setting.number(
        "http-port", "Port of the services; with any, a free one, which is logged", or: "any",
        default: 8089, in: 1...65535)
    static let key = Setting.optionalText(
        "api-key", "Key that clients must send; without it, any key is accepted", isSecret: true)
    static let faults = Setting<FaultPlan>(
        "faults", "Shares of calls that fail, by kind of fault, such as rate_limit=0.1,hang=0.02",
        default: ""
    ) { text throws(SettingFault) in
        do throws(FaultPlanError) {
            return try FaultPlan(text)
        } catch {
            throw SettingFault(error.description)
        }
    }
    static let latency = Setting.number(
        "latency-ms", "Delay of every response, in milliseconds", default: 0, in: 0...600_000)
    static let seed = Setting.number(
        "seed", "Seed of the random choice of faults", default: 1, in: 0...Int.max)

    static func main() async {
        let program = Program(
            "mock-services", "serves the providers' APIs with scripted faults, for tests and demos",
            settings: [host, port, key, faults, latency, seed])
        await program.run { context in
            let settings = context.settings
            let state = MockState(
                plan: settings[faults], latency: .milliseconds(settings[latency]),
                seed: UInt64(settings[seed]))
            var quiet = context.logger
            quiet.logLevel = max(quiet.logLevel, .notice)
            return [
                Application(
                    router: MockServices(state: state, key: settings[key]).router,
                    configuration: .init(
                        address: .hostname(settings[host], port: settings[port] ?? 0),
                        serverName: "mock-services"),
                    onServerRunning: { [logger = context.logger] channel in
                        let address = channel.localAddress.map { "\($0)" } ?? ""
                        logger.info("the services listen", metadata: ["address": "\(address)"])
                    }, logger: quiet)
            ]
        }
    }
}
