import ArgumentParser
import ChaosTrials
import FoundationEssentials
import Glibc

/// Runs documents through a cluster of real processes while everything around them fails.
@main
struct Chaos: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Processes documents while processes, servers and the network fail at random.",
        discussion: """
            Workers, flushers, reconcilers and APIs are killed, frozen, cut off from the database
            and scaled; PostgreSQL is shut down and crashed; the broker is killed and its data
            wiped; parsers are killed; the embedding provider fails, throttles, hangs and returns
            invalid responses. At the end, every document whose upload was acknowledged must be
            searchable once or be a dead letter with its cause, and the audit must be clean.
            Otherwise the exit code is 1.
            """)

    @Option(help: "Folder of the installed runtime.") var runtime: String
    @Option(help: "Duration of the uploads and faults, in minutes.") var minutes = 5.0
    @Option(help: "Mean time between two faults, in seconds.") var every = 2.0
    @Option(help: "Documents uploaded per second.") var rate = 10.0
    @Option(help: "Seed for the choice of faults and documents.") var seed: UInt64?
    @Option(help: "Folder of an Apache Kafka to start, kill and wipe (KAFKA_HOME).")
    var kafkaHome: String?
    @Option(help: "Running Kafka that is not subject to faults (KAFKA_BOOTSTRAP_SERVERS).")
    var kafkaBrokers: String?

    func validate() throws {
        guard minutes > 0, minutes <= 1440 else {
            throw ValidationError("'--minutes' must be more than 0 and at most 1440.")
        }
        guard every >= 0.1, every <= 3600 else {
            throw ValidationError("'--every' must be between 0.1 and 3600.")
        }
        guard rate > 0, rate <= 1000 else {
            throw ValidationError("'--rate' must be more than 0 and at most 1000.")
        }
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let me = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let seed = seed ?? UInt64.random(in: 1...999_999)
        let directory = "/tmp/chaos-\(UUID().uuidString.prefix(8).lowercased())"
        let plan = ChaosPlan(
            programs: String(me.dropLast("/chaos".count)), runtime: runtime, directory: directory,
            kafkaHome: kafkaHome ?? environment["KAFKA_HOME"],
            kafkaBrokers: kafkaBrokers ?? environment["KAFKA_BOOTSTRAP_SERVERS"],
            duration: .seconds(minutes * 60), meanPause: .seconds(every), rate: rate, seed: seed)
        let start = ContinuousClock.now
        let report = try await ChaosRun(plan).report()
        print(report.text(taken: start.duration(to: .now), seed: seed))
        guard report.isSound else {
            print("Logs: \(directory)")
            throw ExitCode.failure
        }
        try FileManager.default.removeItem(atPath: directory)
    }
}
