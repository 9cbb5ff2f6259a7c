/// Records the events that a parsing service sends to the API.
package protocol ParseEventStore: Sendable {
    /// Records an event; false when it was recorded before.
    func note(_ event: ParseEvent) async throws(QueryError) -> Bool
}

/// A parsing service's notice that one of its jobs has ended.
package struct ParseEvent: Sendable, Equatable {
    /// The service's own event id; the same for each delivery.
    package let id: String
    package let remoteJob: String
    /// For example `parse.success`.
    package let name: String

    package init(id: String, remoteJob: String, name: String) {
        self.id = id
        self.remoteJob = remoteJob
        self.name = name
    }
}
