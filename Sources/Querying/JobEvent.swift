package import FoundationEssentials

/// An event of a job, written in the transaction that moved it.
package struct JobEvent: Sendable {
    /// Orders the events of all jobs.
    package let number: Int
    package let time: Date
    package let type: String
    package let severity: String
    package let code: String
    package let payload: JSONValue
    package let correlationID: String?

    package init(
        number: Int, time: Date, type: String, severity: String, code: String,
        payload: JSONValue, correlationID: String?
    ) {
        self.number = number
        self.time = time
        self.type = type
        self.severity = severity
        self.code = code
        self.payload = payload
        self.correlationID = correlationID
    }
}
