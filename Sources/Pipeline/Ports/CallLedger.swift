package import Domain
package import FoundationEssentials

/// Whose work a provider is asked to do: what its call is accounted to.
package struct CallSubject: Sendable, Hashable {
    /// The tenant.
    package var user: UserID
    package var document: DocumentID?
    package var job: JobID?

    package init(user: UserID, document: DocumentID? = nil, job: JobID? = nil) {
        self.user = user
        self.document = document
        self.job = job
    }

    package init(_ job: ClaimedJob) {
        self.init(user: job.user, document: job.document, job: job.claim.job)
    }

    /// Whether a search asks and not a document.
    package var isQuery: Bool { document == nil }
}

/// One call of a provider that costs something, before it is made.
package struct ProviderCall: Sendable {
    package enum Operation: String, Sendable { case embed, query, parse }

    package let id: UUID
    /// Its address or name, never its key.
    package var provider: String
    package var model: String
    /// Several jobs share a call; at least one.
    package var shares: [Share]

    package struct Share: Sendable, Equatable {
        package var operation: Operation
        package var subject: CallSubject
        /// Texts, or pages; 1 while the pages are not known.
        package var units: Int
        package var bytes: Int

        package init(operation: Operation, subject: CallSubject, units: Int, bytes: Int) {
            self.operation = operation
            self.subject = subject
            self.units = units
            self.bytes = bytes
        }
    }

    /// - Parameter id: of a call that another process began.
    package init(id: UUID = UUID(), provider: String, model: String, shares: [Share]) {
        self.id = id
        self.provider = provider
        self.model = model
        self.shares = shares
    }

    /// What each share has of a number that the provider tells of the whole call: in proportion to
    /// the bytes, and exactly the whole in sum.
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
    /// `ok`, or the code of the failure.
    package var code: String
    /// Tokens that the provider says it counted, whatever became of the answer.
    package var tokens: Int?
    /// Pages, where they became known only now.
    package var units: Int?
    /// `nil` when another process began the call.
    package var duration: Duration?
    /// The provider's own name for the call.
    package var requestID: String?

    package init(
        code: String, tokens: Int? = nil, units: Int? = nil, duration: Duration?,
        requestID: String?
    ) {
        self.code = code
        self.units = units
        self.tokens = tokens
        self.duration = duration
        self.requestID = requestID
    }
}

/// Where every call of a provider leaves a row for each of its subjects.
package protocol CallLedger: Sendable {
    /// Records that a call is about to be made. A call whose end is never recorded was made by a
    /// process that died; it may have cost what it would have.
    ///
    /// - Throws: when it cannot be recorded; the call is not made then.
    func begin(_ call: ProviderCall) async throws(StageFailure)

    /// Records how it ended; where that fails it is left as begun.
    func end(_ call: ProviderCall, _ outcome: CallOutcome) async throws(StageFailure)
}

/// In what the calls of a kind are counted: embeddings in tokens, parses in pages.
package enum SpendUnit: String, Sendable { case tokens, pages }

/// What the calls of today came to.
package struct SpentToday: Sendable, Equatable {
    package var amount: Int
    package var untilTomorrow: Duration

    package init(amount: Int, untilTomorrow: Duration) {
        self.amount = amount
        self.untilTomorrow = untilTomorrow
    }
}

/// Sums of the ledger that budgets are held against.
package protocol SpendBook: Sendable {
    /// Of one tenant, or of all, since midnight UTC by the database's clock.
    func spentToday(
        in unit: SpendUnit, by tenant: UserID?
    ) async throws(StageFailure) -> SpentToday
}

/// Holds work back that would cost too much.
package protocol Budget: Sendable {
    /// - Throws: a failure that spends no attempt when nothing more may be spent for this tenant.
    func check(_ tenant: UserID) async throws(StageFailure)
}
