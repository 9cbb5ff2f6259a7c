import Foundation
import Glibc

/// What one run of one side came to.
struct Sample {
    var units: Int
    var seconds: Double
    /// Of all processes of the machine but the harness's own.
    var cpuSeconds: Double
    var walBytes: Int
    /// Largest proportional set size of the side's programs together, without PostgreSQL.
    var peakMB: Double

    var rate: Double { Double(units) / seconds }
}

/// Processor time of the machine, as Linux counts it.
enum Processors {
    /// Seconds in user and system mode and in interrupts since the machine started.
    static func busySeconds() -> Double {
        let text = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8)) ?? ""
        let fields = text.prefix { $0 != "\n" }.split(separator: " ").dropFirst()
            .compactMap { Double($0) }
        guard fields.count > 6 else { return 0 }
        let ticks = fields[0] + fields[1] + fields[2] + fields[5] + fields[6]
        return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}

/// Programs under measurement.
final class Crew {
    private let site: Site
    private let environment: [String: String]
    private var members: [Process] = []
    private(set) var peakMB = 0.0

    init(_ site: Site, _ environment: [String: String]) {
        self.site = site
        self.environment = environment
    }

    func start(_ program: String, _ more: [String: String] = [:]) throws {
        let process = Process()
        process.executableURL = URL(filePath: site.program(program))
        process.environment = environment.merging(more) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        members.append(process)
    }

    /// Notes the memory of now.
    func look() throws {
        var sum = 0.0
        for member in members {
            guard member.isRunning else { throw BenchFailure("\(member) has ended") }
            let path = "/proc/\(member.processIdentifier)/smaps_rollup"
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            let line = text.split(separator: "\n").first { $0.hasPrefix("Pss:") }
            sum += line?.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
        }
        peakMB = max(peakMB, sum / 1024)
    }

    func end() {
        for member in members { kill(member.processIdentifier, SIGKILL) }
        for member in members { member.waitUntilExit() }
        members = []
    }
}

/// Where things are.
struct Site {
    var programs: String
    var runtime: String
    /// URL of a PostgreSQL server on which databases may be made.
    var server: String

    func program(_ name: String) -> String { "\(programs)/\(name)" }
}
