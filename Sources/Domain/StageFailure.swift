/// Why a stage could not do its work, and so what happens to the job.
///
/// Adapters translate their own errors into this; only the stage runner acts on it.
package struct StageFailure: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Class: Sendable, Equatable {
        /// May succeed if tried again, no sooner than `after` when the other side said so.
        case transient(after: Duration? = nil)
        /// Cannot succeed as it stands.
        case permanent
        /// What the work needs takes none for now: a provider, a disk, the sandbox. Not an attempt of
        /// the job.
        case unavailable(for: Duration)
        /// The claim is no longer ours: whatever was computed must not be written.
        case leaseLost
    }

    package let `class`: Class
    /// A stable snake_case code for operators, as stored in `last_error.error_type`.
    package let code: String
    /// One sentence for a person; never holds document text or secrets.
    package let message: String

    package init(_ class: Class, code: String, message: String) {
        self.class = `class`
        self.code = code
        self.message = message
    }

    package static func permanent(_ code: String, _ message: String) -> StageFailure {
        StageFailure(.permanent, code: code, message: message)
    }

    package static func transient(
        _ code: String, _ message: String, after: Duration? = nil
    ) -> StageFailure {
        StageFailure(.transient(after: after), code: code, message: message)
    }

    /// Trouble of this machine or a service, which the job has no part in.
    package static func unavailable(
        _ code: String, _ message: String, for pause: Duration = .seconds(30)
    ) -> StageFailure {
        StageFailure(.unavailable(for: pause), code: code, message: message)
    }

    package static func leaseLost(_ job: JobID) -> StageFailure {
        StageFailure(
            .leaseLost, code: "lease_lost", message: "job \(job) has been claimed by another")
    }

    package var description: String { "\(code): \(message)" }
}
