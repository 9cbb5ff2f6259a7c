/// Clock, sleep and randomness of the pipeline: the machine's, or a simulation's.
package struct Timing: Sendable {
    /// Time since a fixed moment; never goes backwards.
    package var now: @Sendable () -> Duration
    /// Returns after a duration, or early when the task is cancelled.
    package var sleep: @Sendable (Duration) async -> Void
    /// A number in 0…1, for jitter.
    package var random: @Sendable () -> Double

    package init(
        now: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async -> Void,
        random: @escaping @Sendable () -> Double
    ) {
        self.now = now
        self.sleep = sleep
        self.random = random
    }

    /// An interval of a periodic task, changed by up to ±10 %, so that processes that started
    /// together do not act together for long.
    package func jittered(_ interval: Duration) -> Duration { interval * (0.9 + 0.2 * random()) }

    package static let machine: Timing = {
        let start = ContinuousClock.now
        return Timing(
            now: { start.duration(to: .now) }, sleep: { _ = try? await Task.sleep(for: $0) },
            random: { .random(in: 0...1) })
    }()
}
