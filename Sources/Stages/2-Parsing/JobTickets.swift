import Domain
import Pipeline

/// The parsing tickets on a job's row, written under its claim.
struct JobTickets: ParseTickets {
    let jobs: any ParseJobStore
    let claim: Claim

    func ticket(of provider: String) async throws(JobFailure) -> String? {
        try await jobs.parseTicket(claim, of: provider)
    }

    func store(_ ticket: String?, of provider: String) async throws(JobFailure) {
        try await jobs.storeParseTicket(claim, ticket, of: provider)
    }
}
