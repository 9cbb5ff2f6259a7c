package import FoundationEssentials

extension Date {
    /// Parses a time such as `2026-01-02T03:04:05Z`, with or without fractions of a second.
    package init?(iso8601 text: String) {
        for fractional in [false, true] {
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: fractional)
            if let date = try? style.parse(text) {
                self = date
                return
            }
        }
        return nil
    }
}
