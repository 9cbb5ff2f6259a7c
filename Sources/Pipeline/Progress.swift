import Synchronization

/// Told by a stage's work whenever a part of it is done for good.
///
/// The next heartbeat renews the deadline of work that got on, so that the deadline bounds a
/// standstill and not the size of a document.
package final class Progress: Sendable {
    private let steps = Atomic(0)

    package init() {}

    /// Parts done so far.
    package var count: Int { steps.load(ordering: .relaxed) }

    package func advance() { steps.add(1, ordering: .relaxed) }
}
