import Synchronization

/// Distinguishes processes that have died from those that are reconnecting. A session counts as
/// dead when every check for the length of `grace` found it missing.
final class LostSessions: Sendable {
    private let grace: Duration
    private let firstMissed = Mutex<[Int64: Duration]>([:])

    init(grace: Duration) { self.grace = grace }

    /// The sessions that have been missing for `grace`.
    ///
    /// - Parameter missing: the sessions that are missing now.
    func dead(among missing: Set<Int64>, at now: Duration) -> Set<Int64> {
        firstMissed.withLock { firstMissed in
            firstMissed = firstMissed.filter { missing.contains($0.key) }
            for session in missing where firstMissed[session] == nil { firstMissed[session] = now }
            return Set(firstMissed.filter { now - $0.value >= grace }.keys)
        }
    }
}
