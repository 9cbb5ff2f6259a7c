import Foundation

/// Outcomes as a table for people and a plot.
struct Report {
    let outcomes: [Comparison.Outcome]

    var table: String {
        let header = """
            | what | side | a second | ratio | goal | CPU ms each | WAL KB each | peak MB |
            |---|---|---|---|---|---|---|---|

            """
        return header
            + outcomes.flatMap { outcome in
                outcome.medians.enumerated().map { index, sample in
                    let goal = index > 0 ? outcome.comparison.goal.map { "≥ \($0)" } ?? "" : ""
                    return
                        "| \(outcome.comparison.title) | \(outcome.comparison.sides[index].name) "
                        + "| \(Int(sample.rate)) \(outcome.comparison.unit) "
                        + "| \(format(outcome.ratio(of: index))) | \(goal) "
                        + "| \(format(sample.cpuSeconds * 1000 / Double(sample.units))) "
                        + "| \(format(Double(sample.walBytes) / 1024 / Double(sample.units))) "
                        + "| \(sample.peakMB > 0 ? "\(Int(sample.peakMB))" : "") |\n"
                }
            }.joined()
    }

    /// Bars of the ratios, each comparison's first side being one.
    var plot: String {
        let bars = outcomes.flatMap { outcome in
            outcome.comparison.sides.indices.map { index in
                (
                    label: "\(outcome.comparison.title): \(outcome.comparison.sides[index].name)",
                    ratio: outcome.ratio(of: index), isFloor: index == 0
                )
            }
        }
        let (row, left, width) = (26, 430, 420.0)
        let longest = bars.map(\.ratio).max() ?? 1
        let lines = bars.enumerated().map { index, bar in
            let (y, length) = (index * row + 10, width * bar.ratio / longest)
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
