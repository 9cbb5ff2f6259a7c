import FoundationEssentials

/// A program's settings, read once and validated as a whole.
package struct Settings: Sendable {
    private let values: [String: String]

    /// Reads flags, environment and defaults.
    ///
    /// - Throws: all faults at once: unknown flags, missing and invalid values.
    package init(
        of declared: [any SettingDeclaration], arguments: [String], environment: [String: String]
    ) throws(SettingsError) {
        var faults: [String] = []
        var flags = Self.flags(in: arguments, declared: declared, &faults)
        var values: [String: String] = [:]
        for setting in declared {
            let found =
                flags.removeValue(forKey: setting.name)
                ?? Self.variable(of: setting, in: environment, &faults) ?? setting.defaultText
            guard let found else {
                faults.append("\(setting.flag) or \(setting.variable) is required: \(setting.help)")
                continue
            }
            do throws(SettingFault) {
                try setting.check(found)
                values[setting.name] = found
            } catch {
                faults.append("\(setting.flag) (\(setting.variable)): \(error.message)")
            }
        }
        guard faults.isEmpty else { throw SettingsError(faults: faults) }
        self.values = values
    }

    /// The value of a setting that the program declared.
    package subscript<Value>(setting: Setting<Value>) -> Value {
        guard let text = values[setting.name] else {
            preconditionFailure("the program does not declare '\(setting.name)'")
        }
        do {
            return try setting.read(text)
        } catch {
            preconditionFailure("'\(setting.name)' was checked when it was read")
        }
    }

    private static func flags(
        in arguments: [String], declared: [any SettingDeclaration], _ faults: inout [String]
    ) -> [String: String] {
        let names = Set(declared.map(\.name))
        var flags: [String: String] = [:]
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--") else {
                faults.append("unexpected argument '\(argument)'")
                continue
            }
            let parts = argument.dropFirst(2).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts.first ?? "")
            guard names.contains(name) else {
                faults.append("unknown flag '--\(name)'")
                continue
            }
            if parts.count == 2 {
                flags[name] = String(parts[1])
            } else if let value = rest.popFirst() {
                flags[name] = value
            } else {
                faults.append("--\(name) needs a value")
            }
        }
        return flags
    }

    private static func variable(
        of setting: any SettingDeclaration, in environment: [String: String],
        _ faults: inout [String]
    ) -> String? {
        if let value = environment[setting.variable] { return value }
        guard let file = environment["\(setting.variable)_FILE"] else { return nil }
        do {
            let text = try String(contentsOfFile: file, encoding: .utf8)
            return text.hasSuffix("\n") ? String(text.dropLast()) : text
        } catch {
            faults.append("\(setting.variable)_FILE: cannot read '\(file)'")
            return nil
        }
    }
}

/// All faults in a program's settings.
package struct SettingsError: Error, CustomStringConvertible {
    package let faults: [String]
    package var description: String { faults.joined(separator: "\n") }
}

extension Settings {
    /// A value for the log; secrets are hidden.
    func display(_ setting: any SettingDeclaration) -> String {
        setting.isSecret ? "(not shown)" : values[setting.name] ?? ""
    }
}
