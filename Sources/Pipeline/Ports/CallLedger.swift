package import Domain
package import FoundationEssentials

/// The tenant, document and job that a provider call is billed to.
package struct CallSubject: Sendable, Hashable {
    /// The tenant.
    package var tenant: TenantID
    package var document: DocumentID?
    package var job: JobID?

    package init(tenant: TenantID, document: DocumentID? = nil, job: JobID? = nil) {
        self.tenant = tenant
        self.document = document
        self.job = job
    }

    package init(_ job: ClaimedJob) {
        self.init(tenant: job.tenant, document: job.document, job: job.claim.job)
    }

    /// Whether the call is for a search rather than for a document.
    package var isQuery: Bool { document == nil }
}

/// A billable call to a provider, described before it is made.
package struct ProviderCall: Sendable {
    package enum Operation: String, Sendable { case embed, query, parse }

    package let id: UUID
    /// The provider's address or name, never its key.
    package var provider: String
    package var model: String
    /// The subjects that share the call; at least one.
    package var shares: [Share]

    package struct Share: Sendable, Equatable {
        package var operation: Operation
        package var subject: CallSubject
        /// Texts or pages; 1 while the number of pages is unknown.
        package var units: Int
        package var bytes: Int

        package init(operation: Operation, subject: CallSubject, units: Int, bytes: Int) {
            self.operation = operation
            self.subject = subject
            self.units = units
            self.bytes = bytes
        }
    }

    /// - Parameter id: the id of a call that another process began.
    package init(id: UUID = UUID(), provider: String, model: String, shares: [Share]) {
        self.id = id
        self.provider = provider
        self.model = model
        self.shares = shares
    }

    /// Splits a total reported for the whole call by the bytes of its shares. The sum is exact.
    package func split(_ whole: Int) -> [Int] {
        let total = max(1, shares.reduce(0) { $0 + $1.bytes })
        var bytes = 0
        var given = 0
        return shares.map { share in
            bytes += share.bytes
            let upToHere = Int((Double(whole) * Double(bytes) / Double(total)).rounded())
            defer { given = upToHere }
            return upToHere - given
        }
    }
}

/// How a call ended.
package struct CallOutcome: Sendable, Equatable {
    /// Why the call failed; `nil` when it succeeded.
    package var failure: FailureCode?
    /// Tokens counted by the provider, even if its response was unusable.
    package var tokens: Int?
    /// Pages, if they became known only at the end.
    package var units: Int?
    /// `nil` when another process began the call.
    package var duration: Duration?
    /// The provider's own ID for the call.
    package var requestID: String?

    package init(
        failure: FailureCode?, tokens: Int? = nil, units: Int? = nil, duration: Duration?,
        requestID: String?
    ) {
        self.failure = failure
        self.units = units
        self.tokens = tokens
        self.duration = duration
        self.requestID = requestID
    }

    /// `ok`, or the code of the failure, as the ledger stores it.
    package var code: String { failure?.rawValue ?? "ok" }
}

/// Records every provider call, one row per subject.
package protocol CallLedger: Sendable {
    /// Records that a call is about to be made. A call without a recorded end was made by a process
    /// that died; it may have been billed.
    ///
    /// - Throws: when the call cannot be recorded. The call must not be made then.
    func begin(_ call: ProviderCall) async throws(JobFailure)

    /// Records how the call ended. If that fails, the call stays recorded as begun.
    func end(_ call: ProviderCall, _ outcome: CallOutcome) async throws(JobFailure)
}

/// The unit in which calls are counted: tokens for embeddings, pages for parses.
package enum SpendUnit: String, Sendable { case tokens, pages }

/// The usage so far today, and the time until the next day begins.
package struct SpentToday: Sendable, Equatable {
    package var amount: Int
    package var untilTomorrow: Duration

    package init(amount: Int, untilTomorrow: Duration) {
        self.amount = amount
        self.untilTomorrow = untilTomorrow
    }
}

/// Sums of the ledger, which budgets are checked against.
package protocol SpendBook: Sendable {
    /// The usage of one tenant, or of all, since midnight UTC by the database's clock.
    func spentToday(
        in unit: SpendUnit, by tenant: TenantID?
    ) async throws(JobFailure) -> SpentToday
}

/// Holds back work that would exceed a spending limit.
package protocol Budget: Sendable {
    /// - Throws: a failure that does not count as an attempt, when this tenant's budget is used up.
    func check(_ tenant: TenantID) async throws(JobFailure)
}
