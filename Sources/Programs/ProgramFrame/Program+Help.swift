extension Program {
    /// The output of `--help`.
    var help: String {
        let lines = settings.map { setting in
            let value = setting.defaultText.map { $0.isEmpty ? "none" : $0 }
            return "  \(setting.flag) VALUE\n      \(setting.help)\n      \(setting.variable); "
                + (value.map { "default: \($0)" } ?? "required")
        }
        return "\(name): \(purpose)\n\nSettings:\n" + lines.joined(separator: "\n")
            + "\n\n  --version\n      Prints the version."
    }

    /// The output of `--reference`, from which `scripts/configuration-reference` makes
    /// docs/reference/configuration.md: name and purpose, then a line per setting with its flag,
    /// variable, default and meaning, separated by tabs.
    var reference: String {
        let rows = settings.map { setting in
            let value = setting.defaultText.map { $0.isEmpty ? "none" : "`\($0)`" } ?? "required"
            return [setting.flag, setting.variable, value, setting.help].joined(separator: "\t")
        }
        return (["\(name)\t\(purpose)"] + rows).joined(separator: "\n")
    }
}
