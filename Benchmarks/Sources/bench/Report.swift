import Foundation

/// Formats outcomes as a Markdown table and an SVG plot.
struct Report {
    var outcomes: [Comparison.Outcome] = []
    var idle: Idle.Outcome?

    var table: String {
        let header = """
            | what | side | a second | ratio | CPU ms each | WAL KB each | peak MB |
            |---|---|---|---|---|---|---|

            """
        return header + outcomes.flatMap(rows).map { "| \($0) |\n" }.joined()
            + outcomes.map(findings).joined() + (idle.map(lines) ?? "")
    }

    /// Recall and latency of the sides that search, from the sample with the median rate.
    private func findings(_ outcome: Comparison.Outcome) -> String {
        let rows = zip(outcome.comparison.sides, outcome.medians).compactMap { side, sample in
            sample.finding.map { finding in
                let times = finding.milliseconds
                return "| \(side.name) | \(String(format: "%.3f", finding.recall)) "
                    + "| \(format(times[times.count / 2])) "
                    + "| \(format(times[times.count * 99 / 100])) |\n"
            }
        }
        guard !rows.isEmpty else { return "" }
        return """

            | \(outcome.comparison.title) | recall@10 | p50 ms | p99 ms |
            |---|---|---|---|

            """ + rows.joined()
    }

    private func lines(_ idle: Idle.Outcome) -> String {
        let times = idle.milliseconds.sorted()
        let memory = idle.memory.map {
            "| \($0.program) | \(format($0.proportionalMB)) | \(format($0.anonymousMB)) "
                + "| \(percent(idle.processor[$0.program])) |\n"
        }
        return """

            One document alone, from its acceptance to searchable, ms of \(times.count): p50 \
            \(format(times[times.count / 2])), p99 \(format(times[times.count * 99 / 100])).

            | idle | PSS MB | anonymous MB | % of a processor |
            |---|---|---|---|

            """ + memory.joined()
                + "| postgres, sessions | | | \(percent(idle.processor["postgres"])) |\n"
                + "| together | | | \(percent(idle.processor.values.reduce(0, +))) |\n"
    }

    private func percent(_ share: Double?) -> String {
        share.map { String(format: "%.2f", $0) } ?? ""
    }

    private func rows(_ outcome: Comparison.Outcome) -> [String] {
        let comparison = outcome.comparison
        return outcome.medians.enumerated().map { index, sample in
            let units = Double(sample.units)
            let cells = [
                comparison.title, comparison.sides[index].name,
                "\(Int(sample.rate)) \(comparison.unit)",
                comparison.hasFloor ? format(outcome.ratio(of: index)) : "",
                format(sample.cpuSeconds * 1000 / units),
                format(Double(sample.walBytes) / 1024 / units),
                sample.peakMB > 0 ? "\(Int(sample.peakMB))" : "",
            ]
            return cells.joined(separator: " | ")
        }
    }

    /// Bars of the ratios. The first side of each comparison is 1; its longest bar fills the width.
    var plot: String {
        let bars = outcomes.filter(\.comparison.hasFloor).flatMap { outcome in
            let ratios = outcome.comparison.sides.indices.map(outcome.ratio)
            return zip(outcome.comparison.sides, ratios).enumerated().map { index, side in
                (
                    label: "\(outcome.comparison.title): \(side.0.name)", ratio: side.1,
                    share: side.1 / (ratios.max() ?? 1), isFloor: index == 0
                )
            }
        }
        let (row, left, width) = (26, 430, 420.0)
        let lines = bars.enumerated().map { index, bar in
            let (y, length) = (index * row + 10, width * bar.share)
            return """
                <text x="\(left - 8)" y="\(y + 14)" text-anchor="end">\(escape(bar.label))</text>
                <rect x="\(left)" y="\(y)" width="\(format(length))" height="18" \
                fill="\(bar.isFloor ? "#9aa5b1" : "#2f6f9f")"/>
                <text x="\(left + Int(length) + 6)" y="\(y + 14)">\(format(bar.ratio))</text>
                """
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="920" height="\(bars.count * row + 20)" \
            font-family="sans-serif" font-size="12">
            <rect width="100%" height="100%" fill="white"/>
            \(lines.joined(separator: "\n"))
            </svg>

            """
    }

    private func format(_ number: Double) -> String { String(format: "%.2f", number) }

    private func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    }
}
