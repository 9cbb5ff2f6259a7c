import Domain

/// The output of 'watch': progress bars on a terminal, otherwise a line per change. Pure.
struct ProgressView {
    private let order: [String]
    private let isTerminal: Bool
    private var statuses: [String: JobStatus] = [:]
    private var unread: [JobStatus] = []
    private var linesDrawn = 0

    init(jobs: [String], isTerminal: Bool) {
        var seen: Set<String> = []
        order = jobs.filter { seen.insert($0).inserted }
        self.isTerminal = isTerminal
    }

    /// Jobs that have not ended.
    var open: [String] { order.filter { !(statuses[$0]?.isEnded ?? false) } }

    var dead: Int { statuses.values.filter(\.isDead).count }

    mutating func update(_ status: JobStatus) {
        let old = statuses[status.jobId]
        statuses[status.jobId] = status
        if old?.stage != status.stage || old?.state != status.state { unread.append(status) }
    }

    /// The next text to write.
    mutating func render(columns: Int, rows: Int) -> String {
        defer { unread = [] }
        guard isTerminal else {
            return unread.map { Self.line($0) + "\n" }.joined()
        }
        let all = order.compactMap { statuses[$0] }
        // If not all fit, unfinished jobs come first.
        let room = max(3, rows - 2)
        let shown =
            all.count <= room
            ? all : Array((all.filter { !$0.isEnded } + all.filter(\.isEnded)).prefix(room - 1))
        var lines = shown.map { Self.bar($0, columns: columns) }
        if shown.count < all.count {
            lines.append("… and \(all.count - shown.count) more")
        }
        let up = linesDrawn > 0 ? "\u{1b}[\(linesDrawn)A" : ""
        let cleared = lines.map { $0 + "\u{1b}[K\n" }.joined()
        linesDrawn = lines.count
        return up + cleared + "\u{1b}[J"
    }

    func summary(took: Duration) -> String {
        let done = statuses.values.filter { $0.isEnded && !$0.isDead }.count
        let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
        let time = "\((seconds * 10).rounded() / 10) s"
        let failed = dead > 0 ? ", \(dead) in deadletter (see 'millrace deadletter list')" : ""
        return "\(done) of \(order.count) embedded/done after \(time)\(failed)"
    }

    private static func name(_ status: JobStatus) -> String {
        (status.filename ?? status.jobId).printable
    }

    private static func error(_ status: JobStatus) -> String {
        guard let error = status.lastError, status.state == "retryable" || status.isDead else {
            return ""
        }
        let parts = [error.errorType, error.message].compactMap { $0?.printable }
        return "  " + parts.joined(separator: ": ")
    }

    private static func line(_ status: JobStatus) -> String {
        "\(name(status).fitted(36)) \(status.stage)/\(status.state)\(error(status))"
    }

    /// Overall progress of a job, 0 to 1, from its stage and the progress within it.
    static func fraction(_ status: JobStatus) -> Double {
        guard let stage = Stage(rawValue: status.stage) else { return 0 }
        if stage == .embedded && status.state == "done" { return 1 }
        let steps = Double(Stage.allCases.count)
        let within = min(max(status.progress?.fraction ?? 0, 0), 1)
        return (Double(stage.ordinal) + (stage == .embedding ? within : 0)) / steps
    }

    private static func bar(_ status: JobStatus, columns: Int) -> String {
        let width = 24
        let full = Int((fraction(status) * Double(width)).rounded())
        let bar =
            String(repeating: "█", count: full)
            + String(repeating: "░", count: width - full)
        let mark = status.isDead ? "✗" : status.isEnded ? "✓" : " "
        let nameWidth = max(12, min(36, columns - 60))
        let text =
            "\(mark) \(name(status).fitted(nameWidth)) \(bar) "
            + "\(status.stage)/\(status.state)\(error(status))"
        return text.count > columns ? text.fitted(columns) : text
    }
}
