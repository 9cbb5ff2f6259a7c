import FoundationEssentials

extension Date {
    /// RFC 3339 in UTC with milliseconds, the form of times in responses. Microseconds are cut off.
    var rfc3339: String {
        // Rounded first: a `Date` contains the database's whole microseconds only approximately.
        let microseconds = (timeIntervalSince1970 * 1e6).rounded()
        let milliseconds = (microseconds / 1000).rounded(.down)
        let seconds = (milliseconds / 1000).rounded(.down)
        let fraction = Int(milliseconds - seconds * 1000)
        let text = Date(timeIntervalSince1970: seconds).formatted(.iso8601)
        return "\(text.dropLast()).\(String(1000 + fraction).dropFirst())Z"
    }
}
