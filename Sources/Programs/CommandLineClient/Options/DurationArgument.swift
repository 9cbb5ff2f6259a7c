import ArgumentParser

/// A duration on the command line: a whole number and a unit, as in `30s`, `15m`, `2h` or `7d`.
struct DurationArgument: ExpressibleByArgument {
    let duration: Duration
    let defaultValueDescription: String

    private static let units: [(suffix: String, seconds: Int)] = [
        ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400),
    ]

    /// `nil` unless it is at least one second and at most 100 years.
    init?(argument: String) {
        guard let unit = Self.units.first(where: { argument.hasSuffix($0.suffix) }),
            let count = Int(argument.dropLast(unit.suffix.count)), count > 0
        else { return nil }
        let (seconds, overflows) = count.multipliedReportingOverflow(by: unit.seconds)
        guard !overflows, seconds <= 3_155_760_000 else { return nil }
        duration = .seconds(seconds)
        defaultValueDescription = argument
    }

    /// A default value.
    static func `default`(_ text: String) -> DurationArgument {
        guard let value = DurationArgument(argument: text) else {
            preconditionFailure("'\(text)' is not a duration")
        }
        return value
    }

    var seconds: Int { Int(duration.components.seconds) }
}
