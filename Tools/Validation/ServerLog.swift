import Glibc

/// The log of a PostgreSQL server that writes the time of every statement
/// (`log_min_duration_statement = 0`).
package struct ServerLog: Sendable {
    private let path: String

    package init(path: String) { self.path = path }

    /// The current size of the log, in bytes.
    func position() -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// The text that the server has written since `position`. Does not read what comes before,
    /// which can be gigabytes.
    func text(since position: Int) -> String {
        let file = open(path, O_RDONLY)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: max(0, self.position() - position))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                pread(file, $0.baseAddress! + filled, $0.count - filled, off_t(position + filled))
            }
            guard count > 0 else { break }
            filled += count
        }
        return String(decoding: bytes[..<filled], as: UTF8.self)
    }

    /// Milliseconds of each call since `position`, by the statement's first line. A call's time is
    /// the sum of its bind and its execution, as the server logs them, without the commit.
    func calls(since position: Int) -> [String: [Double]] {
        var calls: [String: [Double]] = [:]
        var binds: [Substring: Double] = [:]
        for line in text(since: position).split(separator: "\n") {
            guard let entry = Entry(line) else { continue }
            switch entry.step {
            case .bind: binds[entry.process] = entry.milliseconds
            case .execute:
                let bind = binds.removeValue(forKey: entry.process) ?? 0
                calls[entry.statement, default: []].append(bind + entry.milliseconds)
            }
        }
        return calls
    }

    /// A line such as `… [4711] millrace LOG:  duration: 0.052 ms  execute s1: -- Claims …`.
    private struct Entry {
        enum Step { case bind, execute }

        var process: Substring
        var milliseconds: Double
        var step: Step
        var statement: String

        init?(_ line: Substring) {
            guard let open = line.firstIndex(of: "["), let close = line.firstIndex(of: "]"),
                open < close, let duration = line.firstRange(of: "duration: "),
                let unit = line[duration.upperBound...].firstRange(of: " ms  "),
                let time = Double(line[duration.upperBound..<unit.lowerBound])
            else { return nil }
            let rest = line[unit.upperBound...]
            guard let colon = rest.firstRange(of: ": ") else { return nil }
            switch rest.prefix(while: { $0 != " " && $0 != ":" }) {
            case "bind": step = .bind
            case "execute", "statement": step = .execute
            default: return nil
            }
            process = line[open..<close]
            milliseconds = time
            statement = String(rest[colon.upperBound...])
        }
    }
}
