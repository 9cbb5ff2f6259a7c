/// An entry of the failure catalogue.
package struct FailureEntry: Sendable, Equatable {
    /// What happens to the job.
    package enum Retry: String, Sendable, CaseIterable {
        /// The job becomes a dead letter at once.
        case never
        /// The job is retried until its attempts are used up.
        case counted
        /// The job waits; the attempt does not count.
        case uncounted
        /// Nothing happens: another worker has the job.
        case abandoned
    }

    /// Most codes have one; a code that depends on the circumstances has two.
    package let retries: [Retry]
    /// The HTTP status of the API's response; `nil` for a failure that no client receives.
    package let status: Int?
    /// What the code means and what to do about it.
    package let advice: String

    init(
        _ retry: Retry, or other: Retry? = nil, status: Int? = nil, _ advice: String
    ) {
        retries = [retry] + (other.map { [$0] } ?? [])
        self.status = status
        self.advice = advice
    }
}
