/// The delay before a dead process is restarted: half a second, doubled with each early death, at
/// most half a minute. It resets once the process has lived for a minute. Pure.
struct RestartBackoff: Sendable, Equatable {
    private var earlyDeaths = 0

    static let shortest = 0.5
    static let longest = 30.0
    static let steadyAfter = 60.0

    /// Seconds to wait after a death at the age of `lived` seconds.
    mutating func delay(lived: Double) -> Double {
        if lived >= Self.steadyAfter { earlyDeaths = 0 }
        defer { earlyDeaths = min(earlyDeaths + 1, 16) }
        return min(Self.shortest * Double(1 << earlyDeaths), Self.longest)
    }
}
