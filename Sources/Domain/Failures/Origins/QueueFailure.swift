/// Failures of the message queue of hints.
package enum QueueFailure: String, CaseIterable, Sendable {
    case unavailable = "queue_unavailable"

    var entry: FailureEntry {
        switch self {
        case .unavailable: .init(.counted, "Kafka does not respond. Jobs continue by polling.")
        }
    }
}
