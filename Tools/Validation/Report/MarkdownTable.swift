/// Rows of a table in Markdown.
enum MarkdownTable {
    static func row(_ cells: [String]) -> String {
        "| " + cells.map { $0.isEmpty ? " " : escaped($0) }.joined(separator: " | ") + " |"
    }

    static func head(_ cells: [String]) -> [String] {
        [row(cells), "|" + String(repeating: "---|", count: cells.count)]
    }

    private static func escaped(_ cell: String) -> String {
        cell.split(separator: "\n").joined(separator: " ").replacing("|", with: "\\|")
    }
}
