/// One setting of a program: its flag, its environment variable, its meaning.
///
/// `postgres-url` is `--postgres-url` on the command line and `MILLRACE_POSTGRES_URL` in the
/// environment. A flag has precedence. `MILLRACE_POSTGRES_URL_FILE` names a file with the value.
package struct Setting<Value: Sendable>: SettingDeclaration {
    package let name: String
    package let help: String
    /// The default value as text; `nil` makes the setting required.
    package let defaultText: String?
    package let isSecret: Bool
    let read: @Sendable (String) throws(SettingFault) -> Value

    package init(
        _ name: String, _ help: String, default: String?, isSecret: Bool = false,
        read: @escaping @Sendable (String) throws(SettingFault) -> Value
    ) {
        self.name = name
        self.help = help
        defaultText = `default`
        self.isSecret = isSecret
        self.read = read
    }

    package func check(_ text: String) throws(SettingFault) { _ = try read(text) }
}

/// A setting of any type.
package protocol SettingDeclaration: Sendable {
    var name: String { get }
    var help: String { get }
    var defaultText: String? { get }
    var isSecret: Bool { get }
    func check(_ text: String) throws(SettingFault)
}

extension SettingDeclaration {
    package var flag: String { "--\(name)" }
    package var variable: String {
        "MILLRACE_" + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }
}

/// Why a value is invalid.
package struct SettingFault: Error, Equatable, CustomStringConvertible {
    package let message: String
    package init(_ message: String) { self.message = message }
    package var description: String { message }
}

extension Setting where Value == String {
    package static func text(
        _ name: String, _ help: String, default: String? = nil, isSecret: Bool = false
    ) -> Self {
        Setting(name, help, default: `default`, isSecret: isSecret) {
            text throws(SettingFault) in
            guard !text.isEmpty else { throw SettingFault("must not be empty") }
            return text
        }
    }
}

extension Setting where Value == String? {
    /// Optional text.
    package static func optionalText(
        _ name: String, _ help: String, isSecret: Bool = false
    ) -> Self {
        Setting(name, help, default: "", isSecret: isSecret) { $0.isEmpty ? nil : $0 }
    }
}

extension Setting where Value: RawRepresentable<String> & CaseIterable {
    /// One of a fixed set of words.
    package static func choice(_ name: String, _ help: String, default: Value? = nil) -> Self {
        Setting(name, help, default: `default`?.rawValue) { text throws(SettingFault) in
            guard let value = Value(rawValue: text) else {
                let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
                throw SettingFault("must be one of \(words), not '\(text)'")
            }
            return value
        }
    }
}

extension Setting where Value == Int {
    package static func number(
        _ name: String, _ help: String, default: Int, in range: ClosedRange<Int>
    ) -> Self {
        let bounds = "\(range.lowerBound) to \(range.upperBound)"
        return Setting(
            name, "\(help) (\(bounds))", default: "\(`default`)"
        ) { text throws(SettingFault) in
            guard let value = Int(text), range.contains(value) else {
                throw SettingFault("must be a number from \(bounds), not '\(text)'")
            }
            return value
        }
    }
}

extension Setting where Value == Int? {
    /// A number, or `word`, such as `auto` or `unlimited`, which is read as `nil`.
    ///
    /// - Parameter default: `nil` for the word.
    package static func number(
        _ name: String, _ help: String, or word: String, default: Int? = nil,
        in range: ClosedRange<Int>
    ) -> Self {
        let bounds = "\(range.lowerBound) to \(range.upperBound)"
        return Setting(
            name, "\(help) (\(word), or \(bounds))", default: `default`.map { "\($0)" } ?? word
        ) { text throws(SettingFault) in
            if text == word { return nil }
            guard let value = Int(text), range.contains(value) else {
                throw SettingFault("must be '\(word)' or a number from \(bounds), not '\(text)'")
            }
            return value
        }
    }
}

extension Setting where Value == Duration {
    /// A time such as `250ms`, `30s` or `15m`.
    package static func time(_ name: String, _ help: String, default: String) -> Self {
        Setting(name, help, default: `default`) { text throws(SettingFault) in
            let units: [(String, Duration)] = [
                ("ms", .milliseconds(1)), ("s", .seconds(1)), ("m", .seconds(60)),
                ("h", .seconds(3600)),
            ]
            for (suffix, unit) in units where text.hasSuffix(suffix) {
                guard let count = Int(text.dropLast(suffix.count)), (1...1_000_000).contains(count)
                else { break }
                return unit * count
            }
            throw SettingFault("must be a time such as 250ms, 30s or 15m, not '\(text)'")
        }
    }
}
