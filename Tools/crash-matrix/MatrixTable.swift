import TestCluster

/// Step × fault × outcome, the steps of each program in their order.
struct MatrixTable {
    let outcomes: [Matrix.Outcome]
    /// All cells, in their order.
    let cells: [Cell]

    var text: String {
        let byCell = Dictionary(uniqueKeysWithValues: outcomes.map { ($0.cell, $0) })
        return
            (["program", "fault", "step", "recovery", "outcome"].asRow
            + cells.compactMap { byCell[$0].map(Self.row) }.joined())
    }

    private static func row(_ outcome: Matrix.Outcome) -> String {
        let cell = outcome.cell
        return [
            cell.target, cell.fault.rawValue, cell.point, outcome.recovery?.inTenths ?? "-",
            outcome.text,
        ].asRow
    }
}

extension [String] {
    /// A line with the columns padded to the table's widths.
    fileprivate var asRow: String {
        zip(self, [14, 6, 28, 10, 0]).map { text, width in
            text + String(repeating: " ", count: Swift.max(0, width - text.count))
        }.joined() + "\n"
    }
}

extension Cell {
    /// The text that `--only` searches.
    var line: String { "\(target) \(fault) \(point)" }
}
