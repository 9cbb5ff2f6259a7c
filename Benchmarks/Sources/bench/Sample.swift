import Foundation
import Glibc

/// The result of one run of one side.
struct Sample {
    var units: Int
    var seconds: Double
    /// Processor time of the whole machine, or of one program if the side measures only that.
    var cpuSeconds: Double
    var walBytes: Int
    /// Peak proportional set size of the side's processes together, without PostgreSQL. For
    /// `BufferedWay`, which has no processes: the peak size of the buffers. 0 if not measured.
    var peakMB: Double
    /// Set by the sides that search.
    var finding: Finding?

    var rate: Double { Double(units) / seconds }
}

/// Processor time, as Linux counts it.
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

    /// Processor seconds of all current threads of a process, in nanosecond resolution.
    static func scheduledSeconds(of pid: Int32) -> Double {
        let folder = "/proc/\(pid)/task"
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return threads.reduce(0) { sum, thread in
            let path = "\(folder)/\(thread)/schedstat"
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            return sum + (text.split(separator: " ").first.flatMap { Double($0) } ?? 0) / 1e9
        }
    }
}

/// Programs under measurement.
final class Processes {
    private let site: Site
    private let environment: [String: String]
    private var members: [Process] = []
    private(set) var peakMB = 0.0
    /// The processes's process ids, cached because finding them reads all of /proc.
    private var lookedUp: (pids: [Int32], at: Date) = ([], .distantPast)
    private static let lookUpSeconds = 2.0

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
            "MILLRACE_BLOB_ROOT": folder, "MILLRACE_ADMIN_PORT": "any",
            "MILLRACE_LOG_LEVEL": "error", "MILLRACE_IDLE_WAIT": "100ms",
            "MILLRACE_CL100K_PATH": site.runtime + "/cl100k/cl100k_base.tiktoken",
            "MILLRACE_PDFIUM_PATH": site.runtime + "/pdfium/libpdfium.so",
        ].merging(more) { $1 }
    }

    /// Waits until a query returns `count`. Throws when the number has not grown for a minute.
    func work(until count: Int, _ database: Database, _ query: String) throws {
        var last = (count: 0, at: Date())
        while last.count < count {
            let requestedAt = Date()
            let found = Int(try database.session.run(query)[0][0]) ?? 0
            // Counting slows down as rows accumulate. Limits it to a twentieth of the time.
            let pause = max(0.1, -20 * requestedAt.timeIntervalSinceNow)
            if found > last.count { last = (found, Date()) }
            guard last.at.timeIntervalSinceNow > -60 else {
                throw BenchFailure("\(found) of \(count) documents, and no more for a minute")
            }
            try look()
            if found < count { Thread.sleep(forTimeInterval: pause) }
        }
    }

    /// Proportional set size and anonymous memory of each program, in MB.
    var memory: [(program: String, proportionalMB: Double, anonymousMB: Double)] {
        members.map { member in
            let rollup = Self.rollup(of: member.processIdentifier)
            return (
                member.executableURL?.lastPathComponent ?? "", rollup["Pss:"] ?? 0,
                rollup["Anonymous:"] ?? 0
            )
        }
    }

    /// Processor seconds of each program.
    var scheduledSeconds: [String: Double] {
        let pairs = members.map { member in
            (
                member.executableURL?.lastPathComponent ?? "",
                Processors.scheduledSeconds(of: member.processIdentifier)
            )
        }
        return Dictionary(pairs, uniquingKeysWith: +)
    }

    /// The fields of a process's smaps_rollup, in MB.
    private static func rollup(of pid: Int32) -> [Substring: Double] {
        let path = "/proc/\(pid)/smaps_rollup"
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let pairs = text.split(separator: "\n").compactMap { line -> (Substring, Double)? in
            let words = line.split(separator: " ")
            return words.count > 1 ? Double(words[1]).map { (words[0], $0 / 1024) } : nil
        }
        return Dictionary(pairs) { $1 }
    }

    /// Updates the peak memory. Throws when a member has ended.
    private func look() throws {
        for member in members where !member.isRunning {
            throw BenchFailure("\(member) has exited")
        }
        if lookedUp.at.timeIntervalSinceNow < -Self.lookUpSeconds {
            lookedUp = (family.map(\.pid), Date())
        }
        peakMB = max(peakMB, lookedUp.pids.reduce(0) { $0 + (Self.rollup(of: $1)["Pss:"] ?? 0) })
    }

    /// Processor seconds of the members and their descendants with this name, including those of
    /// their children that have ended.
    func cpuSeconds(of program: String) -> Double {
        let ticks = family.filter { $0.name == program }.reduce(0) { $0 + $1.ticks }
        return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// A process, as /proc reports it.
    private struct Relative {
        var pid: Int32
        var name: Substring
        /// Processor ticks of the process and of its children that have ended.
        var ticks: Double
    }

    /// The members, their children and their grandchildren.
    private var family: [Relative] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let all = names.compactMap(Int32.init).compactMap { pid -> (parent: Int32, Relative)? in
            let path = "/proc/\(pid)/stat"
            guard let text = try? String(contentsOfFile: path, encoding: .utf8),
                let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")")
            else { return nil }
            let fields = text[close...].split(separator: " ").dropFirst().map { Double($0) ?? 0 }
            guard fields.count > 14 else { return nil }
            let name = text[text.index(after: open)..<close]
            let ticks = fields[11...14].reduce(0, +)
            return (Int32(fields[1]), Relative(pid: pid, name: name, ticks: ticks))
        }
        var known = Set(members.map(\.processIdentifier))
        for _ in 0..<2 {
            known.formUnion(all.filter { known.contains($0.parent) }.map(\.1.pid))
        }
        return all.map(\.1).filter { known.contains($0.pid) }
    }

    func end() {
        for member in members { kill(member.processIdentifier, SIGKILL) }
        for member in members { member.waitUntilExit() }
        members = []
    }
}

/// Paths and addresses of the benchmark.
struct Site {
    var programs: String
    var runtime: String
    /// Folder of the modules that contain SQL.
    var statements: String
    /// Folder of the files of all runs, deleted only at the end. For minutes after a deletion, ext4
    /// without a journal checks each freed inode before it allocates one, which slows the next run.
    var scratch: String
    /// URL of a PostgreSQL server on which the user can create databases.
    var server: String

    func program(_ name: String) -> String { "\(programs)/\(name)" }

    /// Creates a new folder and returns its path.
    func folder() throws -> String {
        let path = "\(scratch)/\(UUID().uuidString.lowercased())"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// The text of a statement as the programs run it, by its path without extension.
    func statement(_ name: String, of module: Module = .jobStore) throws -> String {
        try String(
            contentsOfFile: "\(statements)/\(module.rawValue)/SQL/\(name).sql", encoding: .utf8)
    }

    enum Module: String {
        case jobStore = "JobStorePostgres"
        case catalogue = "CataloguePostgres"
    }
}
