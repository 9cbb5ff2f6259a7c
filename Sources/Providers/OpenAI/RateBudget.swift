/// What a server says it still takes, from its `x-ratelimit-…` headers, and when to go on.
///
/// Pure: `now` is given, as a duration since any fixed moment. Headers may be absent: what is not
/// known is not limited.
struct RateBudget: Equatable {
    private struct Window: Equatable {
        var remaining: Int
        var resetsAt: Duration
    }

    private var requests: Window?
    private var tokens: Window?
    private var pausedUntil: Duration = .zero

    /// Takes a request out of the budget; or says how long to wait before asking again.
    mutating func take(tokens needed: Int, at now: Duration) -> Duration? {
        if pausedUntil > now { return pausedUntil - now }
        requests = requests.flatMap { $0.resetsAt > now ? $0 : nil }
        tokens = tokens.flatMap { $0.resetsAt > now ? $0 : nil }
        var wait: Duration?
        if let requests, requests.remaining < 1 { wait = requests.resetsAt - now }
        if let tokens, tokens.remaining < needed {
            wait = max(wait ?? .zero, tokens.resetsAt - now)
        }
        if let wait { return wait }
        requests?.remaining -= 1
        tokens?.remaining -= needed
        return nil
    }

    /// Takes note of an answer's headers: the newest word counts. It may leave out a few requests
    /// that are on their way; what is too much then is refused by a 429 and waited for.
    mutating func note(_ header: (String) -> String?, at now: Duration) {
        requests = Self.window("requests", header, now) ?? requests
        tokens = Self.window("tokens", header, now) ?? tokens
    }

    /// The server takes nothing for a while.
    mutating func pause(for duration: Duration, at now: Duration) {
        pausedUntil = max(pausedUntil, now + duration)
    }

    private static func window(
        _ kind: String, _ header: (String) -> String?, _ now: Duration
    ) -> Window? {
        guard let remaining = header("x-ratelimit-remaining-\(kind)").flatMap({ Int($0) }),
            let reset = header("x-ratelimit-reset-\(kind)").flatMap(duration)
        else { return nil }
        return Window(remaining: max(0, remaining), resetsAt: now + reset)
    }

    /// Reads a time as OpenAI writes it: `20ms`, `1s`, `6m0s`, `1h2m3.5s`.
    static func duration(_ text: String) -> Duration? {
        let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)]
        var rest = text[...]
        var seconds = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let number = Double(digits),
                let factor = units.first(where: { $0.0 == unit })?.1
            else { return nil }
            seconds += number * factor
        }
        return text.isEmpty || seconds > 86_400 ? nil : .seconds(seconds)
    }
}
