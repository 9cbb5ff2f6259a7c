import Domain
import FoundationEssentials
import Hummingbird
import Logging
import Operating
import Pipeline

extension Operations {
    /// `GET /v1/operations/dead-letters`
    func deadLetters(_ request: Request, _ context: ServingContext) async throws -> Response {
        let store = try store(for: context)
        let filter = try OperationsQuery(request).filter
        let page = try Page(request, defaultLimit: 100)
        let letters = try await store.deadLetters(
            filter, after: page.deadLetter, limit: page.limit)
        return JSON.response(
            DeadLettersResponse(
                deadLetters: letters.map(DeadLetterResponse.init),
                next: page.next(after: letters) { letter in
                    "\(DeadLetterCursor(failedAt: letter.failedAt, job: letter.job))"
                }))
    }

    /// `GET /v1/operations/dead-letters/causes`
    func deadLetterCauses(_ request: Request, _ context: ServingContext) async throws -> Response {
        let store = try store(for: context)
        let filter = try OperationsQuery(request).filter
        let page = try Page(request, defaultLimit: 100)
        let causes = try await store.deadLetterCauses(filter, limit: page.limit)
        return JSON.response(CausesResponse(causes: causes.map(CausesResponse.Cause.init)))
    }

    /// `GET /v1/operations/dead-letters/{job}`
    func deadLetter(_ request: Request, _ context: ServingContext) async throws -> Response {
        let store = try store(for: context)
        let job: JobID = try context.identifier("job", of: .deadLetter)
        guard let letter = try await store.deadLetter(of: job) else {
            throw Problem.notFound(.deadLetter)
        }
        return JSON.response(DeadLetterResponse(letter))
    }

    /// `POST /v1/operations/dead-letters/redrive`
    func redrive(_ request: Request, _ context: ServingContext) async throws -> Response {
        try await act(named: "redrive", request, in: context) {
            store, filter, limit, requester throws(QueryError) in
            try await store.redrive(filter, limit: limit, by: requester)
        }
    }

    /// `POST /v1/operations/dead-letters/purge`
    func purge(_ request: Request, _ context: ServingContext) async throws -> Response {
        try await act(named: "purge", request, in: context) {
            store, filter, limit, requester throws(QueryError) in
            try await store.purge(filter, limit: limit, by: requester)
        }
    }

    private typealias Action =
        (any OperationsStore, DeadLetterFilter, Int, OperatorName) async throws(QueryError)
        -> DeadLetterOutcome

    /// Runs an action on the selected dead letters, or counts them.
    private func act(
        named name: String, _ request: Request, in context: ServingContext,
        _ action: Action
    ) async throws -> Response {
        let store = try store(for: context)
        let requester = try context.requireOperator()
        let body = try await JSON.decode(
            DeadLetterRequest.self, from: request, bytesMax: DeadLetterRequest.bytesMax)
        let filter = try body.selection
        let limit = try body.checkedLimit
        let isDryRun = body.dryRun ?? false
        let outcome =
            isDryRun
            ? try await store.countDeadLetters(filter)
            : try await action(store, filter, limit, requester)
        if !isDryRun {
            context.logger.notice(
                "an operator changed dead letters",
                metadata: [
                    "action": "\(name)", "operator": "\(requester)",
                    "matched": "\(outcome.matchedCount)", "changed": "\(outcome.changedCount)",
                ])
        }
        return JSON.response(OutcomeResponse(outcome, isDryRun: isDryRun))
    }
}

extension Page {
    /// The cursor of a list of dead letters.
    fileprivate var deadLetter: DeadLetterCursor? {
        get throws(Problem) {
            guard let after else { return nil }
            guard let cursor = DeadLetterCursor(after) else { throw Self.cursorInvalid }
            return cursor
        }
    }
}
