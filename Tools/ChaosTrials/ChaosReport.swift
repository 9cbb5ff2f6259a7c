import TestCluster

/// The results of a run.
package struct ChaosReport: Sendable {
    package var acknowledged: Int
    var faults: [FaultInjector.Fault: Int]
    /// From the last fault until all jobs had ended.
    var settled: Duration
    /// Unexpected events: exits, refused uploads, programs that did not stop.
    package var violations: [String]
    package var ends: [String] = []
    /// Failed attempts that were retried, by code.
    var failures: [String] = []
    package var chunks = 0
    /// Jobs that were not acknowledged to any client.
    var unacknowledged = 0
    package var lost: [String] = []
    package var duplicated: [String] = []
    package var unexpectedDeadLetters: [String] = []
    /// Seconds from a worker's kill until each of its claims ended, and until the next claim.
    var takeOvers: [(ended: Double, taken: Double)] = []
    package var auditFindings: [String] = []

    package var faultCount: Int { faults.values.reduce(0, +) }

    package var isSound: Bool {
        lost.isEmpty && duplicated.isEmpty && violations.isEmpty && auditFindings.isEmpty
            && unexpectedDeadLetters.isEmpty
    }

    package func text(taken: Duration, seed: UInt64) -> String {
        var rows = [("seed", "\(seed)"), ("taken", taken.inTenths), ("faults", "\(faultCount)")]
        rows += FaultInjector.Fault.allCases.compactMap { fault in
            faults[fault].map { ("  " + fault.rawValue, "\($0)") }
        }
        rows += [("documents accepted", "\(acknowledged)")]
        rows += Self.counted(ends)
        rows += [("failed attempts that were retried", "")] + Self.counted(failures)
        rows += [
            ("chunks searchable", "\(chunks)"),
            ("accepted but not acknowledged", "\(unacknowledged)"),
            ("lost", "\(lost.count)"), ("duplicated", "\(duplicated.count)"),
            ("dead letters of readable documents", "\(unexpectedDeadLetters.count)"),
            ("violations found by the audit", "\(auditFindings.count)"),
            ("from the last fault to the last document", settled.inTenths),
        ]
        rows += takeOverRows
        let width = rows.map(\.0.count).max() ?? 0
        var lines = rows.map { name, value in
            name + String(repeating: " ", count: width - name.count + 2) + value
        }
        for (name, findings) in [
            ("LOST", lost), ("DUPLICATED", duplicated), ("VIOLATION", violations),
            ("AUDIT", auditFindings),
            ("DEAD LETTER", unexpectedDeadLetters),
        ] {
            lines += findings.prefix(20).map { "\(name): \($0)" }
        }
        return lines.joined(separator: "\n")
    }

    /// Turns lines such as `17 parsing/deadletter malformed` into rows.
    private static func counted(_ lines: [String]) -> [(String, String)] {
        lines.map { line in
            let words = line.split(separator: " ", maxSplits: 1)
            return ("  " + words.dropFirst().joined(), String(words[0]))
        }
    }

    private var takeOverRows: [(String, String)] {
        let ended = takeOvers.map(\.ended).sorted()
        let taken = takeOvers.map(\.taken).sorted()
        guard !ended.isEmpty else { return [] }
        func quantile(_ numbers: [Double], _ share: Double) -> String {
            Duration.seconds(numbers[Int(Double(numbers.count - 1) * share)]).inTenths
        }
        func quantiles(_ numbers: [Double]) -> String {
            [0.5, 0.9, 1].map { quantile(numbers, $0) }.joined(separator: ", ")
        }
        return [
            ("claims of killed workers", "\(ended.count)"),
            ("  ended after (median, 90 %, longest)", quantiles(ended)),
            ("  claimed again after (median, 90 %, longest)", quantiles(taken)),
        ]
    }
}
