/// A way in which a mocked provider fails. Vector faults do not affect parsing.
package enum MockFault: String, CaseIterable, Sendable {
    /// 429. The embeddings endpoint adds rate-limit headers with a wait of 50 ms.
    case rateLimit = "rate_limit"
    /// An account without credit: 429 from embeddings, 402 from parsing.
    case quota
    /// 503; from embeddings with the code `server_is_overloaded`.
    case overloaded
    /// 500 without a usable body.
    case serverError = "server_error"
    /// No response until the client gives up.
    case hang
    /// A response that begins and then trickles without end.
    case stall
    /// The connection closes in the middle of the response.
    case reset
    /// A response that is not JSON.
    case garbage
    /// A response without the last vector; from parsing, the last page has failed.
    case short
    /// Results in reverse order, each with its correct index. Valid, but a trap for clients.
    case reordered
    /// A duplicate or wrong index; from parsing, the job fails.
    case repeatedIndex = "repeated_index"
    case wrongWidth = "wrong_width"
    case notANumber = "not_a_number"
    case zeros
}

/// How often each fault occurs, as a share of all calls. The shares add up to at most 1.
package struct FaultPlan: Sendable, Equatable {
    private var shares: [MockFault: Double] = [:]

    package init() {}

    /// Parses `rate_limit=0.1,hang=0.02`; `all=0.05` sets every fault to that share.
    package init(_ text: String) throws(FaultPlanError) {
        for entry in text.split(separator: ",") where !entry.allSatisfy(\.isWhitespace) {
            let parts = entry.split(separator: "=", maxSplits: 1).map {
                $0.filter { !$0.isWhitespace }
            }
            guard parts.count == 2, let share = Double(parts[1]), (0...1).contains(share) else {
                throw FaultPlanError("'\(entry)' must be fault=share, with a share from 0 to 1")
            }
            if parts[0] == "all" {
                for fault in MockFault.allCases { shares[fault] = share }
            } else if let fault = MockFault(rawValue: parts[0]) {
                shares[fault] = share
            } else {
                let known = MockFault.allCases.map(\.rawValue).joined(separator: ", ")
                throw FaultPlanError("'\(parts[0])' is not one of the faults \(known), all")
            }
        }
        // Allows for rounding errors in the sum.
        guard shares.values.reduce(0, +) <= 1.000001 else {
            throw FaultPlanError("the sum of the shares must be at most 1")
        }
    }

    /// The fault selected by a number in 0..<1; `nil` for none.
    func fault(at number: Double) -> MockFault? {
        var rest = number
        for fault in MockFault.allCases {
            rest -= shares[fault] ?? 0
            if rest < 0 { return fault }
        }
        return nil
    }
}

/// Why a fault plan is invalid.
package struct FaultPlanError: Error, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}
