/// Counts the writes to each topic and releases the fetches that wait for them.
///
/// Used on one event loop only.
final class TopicWrites {
    private var counts: [String: Int] = [:]
    /// Writes to unknown topics. They count for every topic.
    private var unknown = 0
    private var waiting: [ObjectIdentifier: (topics: [String], release: () -> Void)] = [:]

    /// Grows with each write to one of `topics`.
    func count(of topics: [String]) -> Int {
        topics.reduce(unknown) { $0 + counts[$1, default: 0] }
    }

    /// - Parameter topics: `nil` when they are unknown.
    func note(_ topics: [String]?) {
        for topic in topics ?? [] { counts[topic, default: 0] += 1 }
        if topics == nil { unknown += 1 }
        let released = waiting.values.filter { waiter in
            topics.map { !Set($0).isDisjoint(with: waiter.topics) } ?? true
        }
        for waiter in released { waiter.release() }
    }

    /// Calls `release` at each write to one of `topics`, until `stopWaiting`.
    func wait(_ waiter: AnyObject, for topics: [String], release: @escaping () -> Void) {
        waiting[ObjectIdentifier(waiter)] = (topics, release)
    }

    func stopWaiting(_ waiter: AnyObject) { waiting[ObjectIdentifier(waiter)] = nil }
}
