package import Domain
package import Pipeline

/// Keeps nothing: for parsers that ask no service.
package struct NoTickets: ParseTickets {
    package init() {}
    package func ticket(of provider: String) async throws(StageFailure) -> String? { nil }
    package func keep(_ ticket: String?, of provider: String) async throws(StageFailure) {}
}
