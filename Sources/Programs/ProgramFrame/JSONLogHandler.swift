import Glibc
package import Logging
import Synchronization

/// Writes one JSON object per line to standard error.
package struct JSONLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let program: String

    package init(program: String, level: Logger.Level) {
        self.program = program
        logLevel = level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) { Self.write(line(for: event)) }

    func line(for event: LogEvent) -> String {
        var line = "{\"ts\":\"\(Self.now())\",\"level\":\"\(event.level)\",\"program\":"
        Self.append(program, to: &line)
        line += ",\"message\":"
        Self.append(event.message.description, to: &line)
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            line += ","
            Self.append(key, to: &line)
            line += ":"
            Self.append(value.description, to: &line)
        }
        return line + "}\n"
    }

    private static let output = Mutex(())

    private static func write(_ line: String) {
        let bytes = Array(line.utf8)
        output.withLock { _ in
            var offset = 0
            while offset < bytes.count {
                let written = bytes.withUnsafeBytes {
                    Glibc.write(2, $0.baseAddress! + offset, bytes.count - offset)
                }
                if written < 0, errno == EINTR { continue }
                // Standard error is closed or broken; the line is dropped.
                guard written > 0 else { return }
                offset += written
            }
        }
    }

    /// The current time in UTC with milliseconds (RFC 3339).
    private static func now() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        var parts = tm()
        gmtime_r(&time.tv_sec, &parts)
        func pad(_ number: Int, to width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)]
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { pad(Int($0), to: 2) }
        return date.map { pad($0, to: 2) }.joined(separator: "-") + "T"
            + clock.joined(separator: ":") + ".\(pad(time.tv_nsec / 1_000_000, to: 3))Z"
    }

    private static func append(_ text: String, to line: inout String) {
        line += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": line += "\\\""
            case "\\": line += "\\\\"
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                line += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: line.unicodeScalars.append(scalar)
            }
        }
        line += "\""
    }
}
