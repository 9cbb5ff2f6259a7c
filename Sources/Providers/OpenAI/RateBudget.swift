/// The rate limit that a server reports in its `x-ratelimit-…` headers.
///
/// Pure: `now` is a parameter, the duration since any fixed moment. A limit that the headers do
/// not report does not apply.
struct RateBudget: Equatable {
    private struct Window: Equatable {
        var remaining: Int
        var resetsAt: Duration
    }

    private var requests: Window?
    private var tokens: Window?
    private var pausedUntil: Duration = .zero

    /// Deducts a request from the budget and returns `nil`, or returns how long to wait before
    /// the next attempt.
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

    /// Applies a response's headers, which replace the previous values. They may not include a
    /// few requests in flight. If the server rejects one with a 429, it is sent again later.
    mutating func note(_ header: (String) -> String?, at now: Duration) {
        requests = Self.window("requests", header, at: now) ?? requests
        tokens = Self.window("tokens", header, at: now) ?? tokens
    }

    /// Blocks all requests for `duration`.
    mutating func pause(for duration: Duration, at now: Duration) {
        pausedUntil = max(pausedUntil, now + duration)
    }

    private static func window(
        _ kind: String, _ header: (String) -> String?, at now: Duration
    ) -> Window? {
        guard let remaining = header("x-ratelimit-remaining-\(kind)").flatMap({ Int($0) }),
            let reset = header("x-ratelimit-reset-\(kind)").flatMap(duration)
        else { return nil }
        return Window(remaining: max(0, remaining), resetsAt: now + reset)
    }

    /// Parses a duration in OpenAI's format: `20ms`, `1s`, `6m0s`, `1h2m3.5s`; at most a day.
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
