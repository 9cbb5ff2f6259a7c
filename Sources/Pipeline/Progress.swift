import Synchronization

/// Counts the parts of a job's work that are completed.
///
/// The next heartbeat renews the deadline of work that has progressed, so the deadline bounds a
/// stall and not the size of a document.
package final class Progress: Sendable {
    private let steps = Atomic(0)

    package init() {}

    /// Parts completed so far.
    package var count: Int { steps.load(ordering: .relaxed) }

    package func advance() { steps.add(1, ordering: .relaxed) }
}
