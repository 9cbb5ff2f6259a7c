package import Domain
package import Pipeline

/// Stores no tickets; for parsers that call no service.
package struct NoTickets: ParseTickets {
    package init() {}
    package func ticket(of provider: String) async throws(JobFailure) -> String? { nil }
    package func store(_ ticket: String?, of provider: String) async throws(JobFailure) {}
}
