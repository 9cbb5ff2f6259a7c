/// One setting of a program: its flag, its environment variable, its meaning.
///
/// `postgres-url` is `--postgres-url` on the command line and `MILLRACE_POSTGRES_URL` in the
/// environment. A flag has precedence. `MILLRACE_POSTGRES_URL_FILE` names a file with the value.
package struct Setting<Value: Sendable>: SettingDeclaration {
    package let name: String
    package let help: String
    /// The default value as text; `nil` makes the setting required.
    package let standard: String?
    package let isSecret: Bool
    let read: @Sendable (String) throws(SettingFault) -> Value

    package init(
        _ name: String, _ help: String, standard: String?, isSecret: Bool = false,
        read: @escaping @Sendable (String) throws(SettingFault) -> Value
    ) {
        self.name = name
        self.help = help
        self.standard = standard
        self.isSecret = isSecret
        self.read = read
    }

    package func check(_ text: String) throws(SettingFault) { _ = try read(text) }
}

/// A setting of any type.
package protocol SettingDeclaration: Sendable {
    var name: String { get }
    var help: String { get }
    var standard: String? { get }
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
        _ name: String, _ help: String, standard: String? = nil, isSecret: Bool = false
    ) -> Self {
        Setting(name, help, standard: standard, isSecret: isSecret) {
            text throws(SettingFault) in
            guard !text.isEmpty else { throw SettingFault("is empty") }
            return text
        }
    }
}

extension Setting where Value == String? {
    /// Optional text.
    package static func optionalText(
        _ name: String, _ help: String, isSecret: Bool = false
    ) -> Self {
        Setting(name, help, standard: "", isSecret: isSecret) { $0.isEmpty ? nil : $0 }
    }
}

extension Setting where Value: RawRepresentable<String> & CaseIterable {
    /// One of a fixed set of words.
    package static func choice(_ name: String, _ help: String, standard: Value? = nil) -> Self {
        Setting(name, help, standard: standard?.rawValue) { text throws(SettingFault) in
            guard let value = Value(rawValue: text) else {
                let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
                throw SettingFault("'\(text)' is none of \(words)")
            }
            return value
        }
    }
}

extension Setting where Value == Int {
    package static func number(
        _ name: String, _ help: String, standard: Int, in range: ClosedRange<Int>
    ) -> Self {
        Setting(
            name, "\(help) (\(range.lowerBound) to \(range.upperBound))", standard: "\(standard)"
        ) { text throws(SettingFault) in
            guard let value = Int(text), range.contains(value) else {
                throw SettingFault(
                    "'\(text)' is no number from \(range.lowerBound) to \(range.upperBound)")
            }
            return value
        }
    }
}

extension Setting where Value == Int? {
    /// An optional number.
    package static func optionalNumber(
        _ name: String, _ help: String, in range: ClosedRange<Int>
    ) -> Self {
        let number = Setting<Int>.number(name, help, standard: range.lowerBound, in: range)
        return Setting(name, number.help, standard: "") { text throws(SettingFault) in
            text.isEmpty ? nil : try number.read(text)
        }
    }
}

extension Setting where Value == Duration {
    /// A time such as `250ms`, `30s` or `15m`.
    package static func time(_ name: String, _ help: String, standard: String) -> Self {
        Setting(name, help, standard: standard) { text throws(SettingFault) in
            let units: [(String, Duration)] = [
                ("ms", .milliseconds(1)), ("s", .seconds(1)), ("m", .seconds(60)),
                ("h", .seconds(3600)),
            ]
            for (suffix, unit) in units where text.hasSuffix(suffix) {
                guard let count = Int(text.dropLast(suffix.count)), (1...1_000_000).contains(count)
                else { break }
                return unit * count
            }
            throw SettingFault("'\(text)' is no time such as 250ms, 30s or 15m")
        }
    }
}
