import FoundationEssentials
import Querying

/// The body of a response with a page of a job's events.
struct EventsResponse: Encodable {
    struct Event: Encodable {
        let eventId: Int
        let ts: Date
        let type: String
        let severity: String
        let code: String
        let payload: JSONValue
        let correlationId: String?

        init(_ event: JobEvent) {
            eventId = event.number
            ts = event.time
            type = event.type
            severity = event.severity
            code = event.code
            payload = event.payload
            correlationId = event.correlationID
        }
    }

    let events: [Event]
    let next: String?

    init(_ events: [JobEvent], on page: Page) {
        self.events = events.map(Event.init)
        next = page.next(after: events) { "\($0.number)" }
    }
}
