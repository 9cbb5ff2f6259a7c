import Testing

@testable import CommandLineClient

/// The sum of an action's pages, and what is reported when one of them fails.
@Suite struct DeadLetterPagesTests {
    private func page(matched: Int, changed: Int, asOf: String = "t") -> OutcomeResponse {
        OutcomeResponse(dryRun: false, matched: matched, changed: changed, asOf: asOf)
    }

    @Test func `pages are added until one changes all that match, or nothing`() {
        var pages = DeadLetterPages()
        pages.add(page(matched: 2345, changed: 1000, asOf: "first"))
        #expect(!pages.isComplete && pages.asOf == "first")
        pages.add(page(matched: 1345, changed: 1000, asOf: "second"))
        #expect(!pages.isComplete && pages.asOf == "first")
        pages.add(page(matched: 345, changed: 345))
        #expect(pages.isComplete)
        #expect(pages.outcome?.matched == 2345 && pages.outcome?.changed == 2345)
        var locked = DeadLetterPages()
        locked.add(page(matched: 5, changed: 0))
        #expect(locked.isComplete)
    }

    @Test func `a dry run has one page`() {
        var pages = DeadLetterPages()
        pages.add(OutcomeResponse(dryRun: true, matched: 2345, changed: 0, asOf: "t"))
        #expect(pages.isComplete && pages.outcome?.dryRun == true)
    }

    @Test func `a page that fails is reported with what was done before it`() throws {
        let refusal = APIFailure.refused(
            status: 503, problem: ProblemResponse(title: nil, detail: "Away.", code: "busy"))
        var pages = DeadLetterPages()
        let first = pages.failure(refusal, of: .redrive)
        #expect("\(first)" == "Away. (HTTP 503, busy)")
        pages.add(page(matched: 2345, changed: 1000))
        let later = try #require(pages.failure(refusal, of: .redrive) as? any ExitingError)
        #expect(
            "\(later)" == "Away. (HTTP 503, busy) Before that, 1000 of 2345 jobs were redriven. "
                + "Run the same command again for the others.")
        #expect(later.exitStatus == .unavailable)
    }
}
