import Domain

/// The output of 'watch': progress bars on a terminal, otherwise a line per change. Pure.
struct ProgressView {
    private let order: [JobID]
    private let isTerminal: Bool
    private var statuses: [JobID: JobResponse] = [:]
    private var unread: [JobResponse] = []
    private var linesDrawn = 0

    init(jobs: [JobID], isTerminal: Bool) {
        var seen: Set<JobID> = []
        order = jobs.filter { seen.insert($0).inserted }
        self.isTerminal = isTerminal
    }

    /// Jobs that have not ended.
    var unfinished: [JobID] { order.filter { !(statuses[$0]?.position.isEnded ?? false) } }

    var deadCount: Int { statuses.values.count { $0.state == .deadletter } }

    /// Returns whether the job's position changed.
    @discardableResult
    mutating func update(_ status: JobResponse) -> Bool {
        let old = statuses.updateValue(status, forKey: status.jobId)
        guard old?.position != status.position else { return false }
        unread.append(status)
        return true
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
            ? all
            : Array(
                (all.filter { !$0.position.isEnded } + all.filter(\.position.isEnded)).prefix(
                    room - 1))
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
        let doneCount = statuses.values.count { $0.position == Position(.embedded, .done) }
        let seconds = took / .seconds(1)
        let time = "\((seconds * 10).rounded() / 10) s"
        let dead =
            deadCount > 0
            ? ". Dead letters: \(deadCount) (see 'millrace dead-letters list')" : ""
        return "\(doneCount) of \(order.count) searchable after \(time)\(dead)"
    }

    private static func name(_ status: JobResponse) -> String {
        status.filename?.printable ?? "\(status.jobId)"
    }

    private static func error(_ status: JobResponse) -> String {
        guard let error = status.lastError, [.retryable, .deadletter].contains(status.state)
        else { return "" }
        let parts = [error.errorType, error.message].compactMap { $0?.printable }
        return "  " + parts.joined(separator: ": ")
    }

    private static func line(_ status: JobResponse) -> String {
        "\(name(status).fitted(36)) \(status.position)\(error(status))"
    }

    private static func bar(_ status: JobResponse, columns: Int) -> String {
        let width = 24
        let full = Int((min(max(status.progress.fraction, 0), 1) * Double(width)).rounded())
        let bar =
            String(repeating: "█", count: full)
            + String(repeating: "░", count: width - full)
        let mark = status.state == .deadletter ? "✗" : status.position.isEnded ? "✓" : " "
        let nameWidth = max(12, min(36, columns - 60))
        let text =
            "\(mark) \(name(status).fitted(nameWidth)) \(bar) "
            + "\(status.position)\(error(status))"
        return text.count > columns ? text.fitted(columns) : text
    }
}
