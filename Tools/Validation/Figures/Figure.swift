/// A figure of the earlier system's acceptance, next to ours.
package struct Figure: Sendable {
    var name: String
    /// What the earlier system stated.
    var there: String
    /// What was measured, as in `accept.sql`.
    var statement: String
    /// Milliseconds of calls for one item.
    var alone: Quantiles?
    /// Milliseconds of calls for a set of items.
    var set: (size: Int, times: Quantiles)?
    /// A result that is not a time.
    var text: String?

    package static func table(_ figures: [Figure]) -> String {
        (MarkdownTable.head([
            "what", "there", "here", "alone p50 ms", "p99", "items in a set", "set p50 ms", "p99",
            "p50 for each item",
        ])
            + figures.map { figure in
                let set = figure.set
                let share = set.map { ($0.times.median / Double($0.size)).short }
                return MarkdownTable.row([
                    figure.name, figure.there,
                    [figure.statement, figure.text].compactMap { $0 }.joined(separator: ": "),
                    figure.alone?.median.short ?? "", figure.alone?.p99.short ?? "",
                    set.map { "\($0.size)" } ?? "", set?.times.median.short ?? "",
                    set?.times.p99.short ?? "", share ?? "",
                ])
            }).joined(separator: "\n")
    }
}
