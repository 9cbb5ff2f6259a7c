import Foundation
import Glibc

/// What one run of one side came to.
struct Sample {
    var units: Int
    var seconds: Double
    /// Of the whole machine; of one program where a side says so.
    var cpuSeconds: Double
    var walBytes: Int
    /// Largest proportional set size of the side's programs together, without PostgreSQL; of a side
    /// without programs, the largest size of the buffers' files.
    var peakMB: Double
    /// Where something is searched for.
    var finding: Finding?

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

    /// Settings that the programs of a run share.
    static func environment(
        _ site: Site, _ database: Database, _ folder: String, _ more: [String: String] = [:]
    ) -> [String: String] {
        let port = "\(Int.random(in: 20000..<30000))"
        return [
            "PATH": "/usr/bin:/bin", "MILLRACE_POSTGRES_URL": database.url,
            "MILLRACE_KAFKA_BROKERS": "127.0.0.1:\(port)", "MILLRACE_BROKER_PORT": port,
            "MILLRACE_BROKER_TOPICS": ["parse", "chunk", "embed", "flush", "deadletter"]
                .map { "millrace.\($0)" }.joined(separator: ","),
            // As the embedded cluster has it.
            "MILLRACE_KAFKA_PROPERTIES": "fetch.wait.max.ms=5",
            "MILLRACE_BLOB_ROOT": folder, "MILLRACE_ADMIN_PORT": "0",
            "MILLRACE_LOG_LEVEL": "error", "MILLRACE_IDLE_WAIT": "100ms",
            "MILLRACE_CL100K_PATH": site.runtime + "/cl100k/cl100k_base.tiktoken",
            "MILLRACE_PDFIUM_PATH": site.runtime + "/pdfium/libpdfium.so",
        ].merging(more) { $1 }
    }

    /// Waits until a query counts so many; gives up when it has not grown for a minute.
    func work(until count: Int, _ database: Database, _ query: String) throws {
        var last = (count: 0, at: Date())
        while last.count < count {
            let found = Int(try database.session.run(query)[0][0]) ?? 0
            if found > last.count { last = (found, Date()) }
            guard last.at.timeIntervalSinceNow > -60 else {
                throw BenchFailure("\(found) of \(count) documents, and no more for a minute")
            }
            try look()
            Thread.sleep(forTimeInterval: 0.1)
        }
    }

    /// Proportional set size and anonymous memory of each program, in MB.
    var memory: [(program: String, proportionalMB: Double, anonymousMB: Double)] {
        members.map { member in
            let rollup = Self.rollup(of: member)
            return (
                member.executableURL?.lastPathComponent ?? "", rollup["Pss:"] ?? 0,
                rollup["Anonymous:"] ?? 0
            )
        }
    }

    /// What Linux says of a process's memory, in MB.
    private static func rollup(of process: Process) -> [Substring: Double] {
        let path = "/proc/\(process.processIdentifier)/smaps_rollup"
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let pairs = text.split(separator: "\n").compactMap { line -> (Substring, Double)? in
            let words = line.split(separator: " ")
            return words.count > 1 ? Double(words[1]).map { (words[0], $0 / 1024) } : nil
        }
        return Dictionary(pairs) { $1 }
    }

    /// Notes the memory of now.
    private func look() throws {
        var sum = 0.0
        for member in members {
            guard member.isRunning else { throw BenchFailure("\(member) has ended") }
            sum += Self.rollup(of: member)["Pss:"] ?? 0
        }
        peakMB = max(peakMB, sum)
    }

    /// Seconds of processor time of the members of this name or their children of this name, with
    /// those of their own children that have ended.
    func cpuSeconds(of program: String) -> Double {
        let members = Set(members.map(\.processIdentifier))
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let ticks = names.compactMap(Int32.init).reduce(0.0) { sum, pid in
            let text = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
            guard let close = text.lastIndex(of: ")"), text.contains("(\(program))") else {
                return sum
            }
            let fields = text[close...].split(separator: " ").dropFirst().map { Double($0) ?? 0 }
            guard fields.count > 14, members.contains(pid) || members.contains(Int32(fields[1]))
            else { return sum }
            return sum + fields[11...14].reduce(0, +)
        }
        return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
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
    /// Folder of the modules that hold SQL.
    var adapters: String
    /// URL of a PostgreSQL server on which databases may be made.
    var server: String

    func program(_ name: String) -> String { "\(programs)/\(name)" }

    /// A statement as the programs run it.
    func statement(_ name: String, of module: Module = .jobStore) throws -> String {
        try String(
            contentsOfFile: "\(adapters)/\(module.rawValue)/SQL/\(name).sql", encoding: .utf8)
    }

    enum Module: String {
        case jobStore = "JobStorePostgres"
        case catalogue = "CataloguePostgres"
    }
}
