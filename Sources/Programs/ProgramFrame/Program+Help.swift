extension Program {
    /// The output of `--help`.
    var help: String {
        let lines = settings.map { setting in
            let standard = setting.standard.map { $0.isEmpty ? "none" : $0 } ?? "required"
            return "  \(setting.flag) VALUE\n      \(setting.help)\n"
                + "      \(setting.variable); standard: \(standard)"
        }
        return "\(name): \(purpose)\n\nSettings:\n" + lines.joined(separator: "\n")
    }

    /// The output of `--reference`: the program's section of docs/configuration.md.
    var reference: String {
        let rows = settings.map { setting in
            let standard = setting.standard.map { $0.isEmpty ? "none" : "`\($0)`" } ?? "required"
            return "| `\(setting.flag)` | `\(setting.variable)` | \(standard) | \(setting.help) |"
        }
        let table = ["| flag | variable | standard | meaning |", "|---|---|---|---|"] + rows
        return "## \(name)\n\n\(purpose.prefix(1).uppercased() + purpose.dropFirst()).\n\n"
            + table.joined(separator: "\n")
    }
}
