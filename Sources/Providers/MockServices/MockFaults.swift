/// A way in which a provider fails.
package enum MockFault: String, CaseIterable, Sendable {
    /// 429 with the headers of a rate limit, to be asked again after 50 ms.
    case rateLimit = "rate_limit"
    /// 429 of an account without credit.
    case quota
    /// 503 `server_is_overloaded`.
    case overloaded
    /// 500 without a body that anyone can read.
    case serverError = "server_error"
    /// No answer, until the client gives up.
    case hang
    /// An answer that begins and then trickles on without an end.
    case stall
    /// The connection ends in the midst of the answer.
    case reset
    /// An answer that is no JSON.
    case garbage
    /// An answer that lacks the last result.
    case short
    /// Results in another order, each with its right index: no fault, but a trap.
    case reordered
    /// An index that is given twice, so that another lacks.
    case repeatedIndex = "repeated_index"
    case wrongWidth = "wrong_width"
    case notANumber = "not_a_number"
    case zeros
}

/// How often which fault is met: shares of all calls, at most 1 in sum.
package struct FaultPlan: Sendable, Equatable {
    private var shares: [MockFault: Double] = [:]

    package init() {}

    /// Reads `rate_limit=0.1,hang=0.02`; `all=0.1` gives every fault that share.
    package init(_ text: String) throws(FaultPlanError) {
        for entry in text.split(separator: ",") where !entry.allSatisfy(\.isWhitespace) {
            let parts = entry.split(separator: "=", maxSplits: 1).map {
                $0.filter { !$0.isWhitespace }
            }
            guard parts.count == 2, let share = Double(parts[1]), (0...1).contains(share) else {
                throw FaultPlanError("'\(entry)' is not fault=share, a share from 0 to 1")
            }
            if parts[0] == "all" {
                for fault in MockFault.allCases { shares[fault] = share }
            } else if let fault = MockFault(rawValue: parts[0]) {
                shares[fault] = share
            } else {
                let known = MockFault.allCases.map(\.rawValue).joined(separator: ", ")
                throw FaultPlanError("'\(parts[0])' is no fault. Faults: \(known), all.")
            }
        }
        // The shares may add up to a hair more than they say.
        guard shares.values.reduce(0, +) <= 1.000001 else {
            throw FaultPlanError("the shares add up to more than 1")
        }
    }

    /// The fault that a number in 0..<1 stands for.
    func fault(at number: Double) -> MockFault? {
        var rest = number
        for fault in MockFault.allCases {
            rest -= shares[fault] ?? 0
            if rest < 0 { return fault }
        }
        return nil
    }
}

/// What is wrong with a plan.
package struct FaultPlanError: Error, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}
