/// Why work on a job failed, which decides what happens to the job.
///
/// Adapters translate their own errors into this. Only the queue's worker acts on it.
package struct JobFailure: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Class: Sendable, Equatable {
        /// May succeed on a retry, no sooner than `after` if the other side specified one.
        case transient(after: Duration? = nil)
        /// Cannot succeed on a retry.
        case permanent
        /// A dependency (provider, disk, sandbox) is temporarily unavailable. The job waits and the
        /// attempt does not count.
        case unavailable(for: Duration)
        /// The worker no longer owns the claim and must not write its results.
        case leaseLost
    }

    package let `class`: Class
    package let code: FailureCode
    /// One sentence for a person; never contains document text or secrets.
    package let message: String

    package init(_ class: Class, code: FailureCode, message: String) {
        self.class = `class`
        self.code = code
        self.message = message
    }

    package static func permanent(_ code: FailureCode, _ message: String) -> JobFailure {
        JobFailure(.permanent, code: code, message: message)
    }

    package static func transient(
        _ code: FailureCode, _ message: String, after: Duration? = nil
    ) -> JobFailure {
        JobFailure(.transient(after: after), code: code, message: message)
    }

    /// A fault of this machine or of a service, not of the job.
    package static func unavailable(
        _ code: FailureCode, _ message: String, for pause: Duration = .seconds(30)
    ) -> JobFailure {
        JobFailure(.unavailable(for: pause), code: code, message: message)
    }

    package static func leaseLost(_ job: JobID) -> JobFailure {
        JobFailure(
            .leaseLost, code: .worker(.leaseLost),
            message: "job \(job) has been claimed by another worker")
    }

    package var description: String { "\(code): \(message)" }
}
