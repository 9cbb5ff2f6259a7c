import ArgumentParser
import FoundationEssentials
import Glibc
import Synchronization
import TestCluster

/// Kills and freezes each program at each of its steps, and checks the documents afterwards.
@main
struct CrashMatrix: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crash-matrix",
        abstract: "Kills and freezes each program at each of its steps.",
        discussion: """
            Every cell has a cluster of real processes and a database of its own. A first run
            without faults lists the steps of a program. Then the program is killed (SIGKILL) or
            frozen (SIGSTOP, for longer than its lease) at each step. At the end, every document
            must have ended once, as its scenario requires, and the audit must be clean. Otherwise
            the exit code is 1.
            """)

    @Option(help: "PostgreSQL server for the databases of the cells (MILLRACE_TEST_POSTGRES_URL).")
    var server: String?
    @Option(help: "Folder of the installed runtime.") var runtime: String
    @Option(help: "Kafka to use (KAFKA_BOOTSTRAP_SERVERS; default: embedded brokers).")
    var kafkaBrokers: String?
    @Option(
        help: "Only the cells whose line contains this text, as in 'flusher kill after commit'.")
    var only: String?
    @Option(help: "Number of cells that run at the same time.") var atOnce = 3

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let server = server ?? environment["MILLRACE_TEST_POSTGRES_URL"] else {
            throw ValidationError("Set '--server' or MILLRACE_TEST_POSTGRES_URL.")
        }
        let me = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let site = TestCluster.Site(
            programs: String(me.dropLast("/crash-matrix".count)), runtime: runtime,
            kafkaBrokers: kafkaBrokers ?? environment["KAFKA_BOOTSTRAP_SERVERS"])
        let matrix = Matrix(
            site: site, server: server,
            directory: "/tmp/crash-matrix-\(UUID().uuidString.prefix(8).lowercased())")
        let cells = try await matrix.allCells().filter { only.map($0.line.contains) ?? true }
        let start = ContinuousClock.now
        let progress = Progress(cells.count)
        let outcomes = await matrix.run(cells, atOnce: max(1, atOnce)) { progress.report($0) }
        print(MatrixTable(outcomes: outcomes, cells: cells).text)
        print(Self.summary(outcomes, taken: start.duration(to: .now)))
        guard !outcomes.contains(where: { $0.recovery == nil }) else {
            print("Files of the failed cells: \(matrix.directory)")
            throw ExitCode.failure
        }
    }

    private static func summary(_ outcomes: [Matrix.Outcome], taken: Duration) -> String {
        let recoveries = outcomes.compactMap(\.recovery).sorted()
        func seconds(_ duration: Duration?) -> String { duration?.inTenths ?? "-" }
        return """

            cells                \(outcomes.count)
            killed               \(outcomes.count { $0.cell.fault == .kill })
            frozen               \(outcomes.count { $0.cell.fault == .stop })
            failed               \(outcomes.count { $0.recovery == nil })
            recovery, median     \(seconds(recoveries.dropFirst(recoveries.count / 2).first))
            recovery, longest    \(seconds(recoveries.last))
            taken in all         \(seconds(taken))
            """
    }
}

/// Reports progress on standard error, because the matrix takes minutes.
private final class Progress: Sendable {
    private let count: Int
    private let ended = Atomic(0)

    init(_ count: Int) { self.count = count }

    func report(_ outcome: Matrix.Outcome) {
        let number = ended.add(1, ordering: .relaxed).newValue
        let line = "\(number)/\(count)  \(outcome.cell.line)  \(outcome.text)\n"
        let bytes = Array(line.utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
