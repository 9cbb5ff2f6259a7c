/// Limits on how slowly the body of an upload may arrive.
package struct ArrivalLimits: Equatable, Sendable {
    /// Maximum time without a byte.
    package var silence: Duration
    /// Minimum average rate once `grace` has passed.
    package var bytesPerSecond: Int
    package var grace: Duration
    /// Maximum time from the first byte to the last.
    package var total: Duration

    package init(
        silence: Duration = .seconds(60), bytesPerSecond: Int = 4096,
        grace: Duration = .seconds(10), total: Duration = .seconds(1800)
    ) {
        self.silence = silence
        self.bytesPerSecond = bytesPerSecond
        self.grace = grace
        self.total = total
    }

    package enum Breach: Equatable, Sendable { case silent, slow, long }

    /// The first limit that a body breaches if no further byte arrives, and when.
    ///
    /// - Parameter last: when the last byte arrived, since the start.
    func nextBreach(byteCount: Int, last: Duration) -> (Breach, at: Duration) {
        let fast = grace + .seconds(Double(byteCount) / Double(max(1, bytesPerSecond)))
        return [(.silent, at: last + silence), (.slow, at: fast), (.long, at: total)]
            .min { $0.at < $1.at } ?? (.long, at: total)
    }
}
