import Domain
import Pipeline

/// The parsing tickets on a job's row, written under its claim.
struct JobTickets: ParseTickets {
    let store: any ParseJobStore
    let claim: Claim

    func ticket(of provider: String) async throws(JobFailure) -> String? {
        try await store.parseTicket(claim, of: provider)
    }

    func keep(_ ticket: String?, of provider: String) async throws(JobFailure) {
        try await store.storeParseTicket(claim, ticket, of: provider)
    }
}
