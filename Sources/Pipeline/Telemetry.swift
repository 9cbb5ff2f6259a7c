/// The names of all metrics. Alert rules and dashboards refer to them.
package enum Telemetry {
    /// Counter{queue}: jobs claimed.
    package static let claimed = "millrace_jobs_claimed_total"
    /// Counter{queue}: hints whose job was not claimed: it was not waiting, or was left for later.
    package static let unclaimedHints = "millrace_hints_unclaimed_total"
    /// Counter{queue}: hints not sent; the reconciler resends them.
    package static let hintsDropped = "millrace_hints_dropped_total"
    /// Counter{queue,outcome}: ended work: completed, retried, snoozed, deadlettered, lost,
    /// released.
    package static let ended = "millrace_jobs_ended_total"
    /// Counter{queue,code}: failures by cause.
    package static let failures = "millrace_job_failures_total"
    /// Histogram{queue}: seconds from claim to the end of the work.
    package static let workSeconds = "millrace_work_duration_seconds"
    /// Gauge{queue}: slots in use.
    package static let busySlots = "millrace_slots_busy"
    /// Counter{repair}: repairs by the reconciler: hint_resent, retry_due, lease_expired, …
    package static let repairs = "millrace_repairs_total"
    /// Gauge{stage,state}: jobs.
    package static let jobs = "millrace_jobs"
    /// Gauge{queue}: seconds the oldest due job has waited.
    package static let oldestWaiting = "millrace_oldest_waiting_seconds"
    /// Gauge{invariant}: rows that breach an invariant, in the last audit.
    package static let breaches = "millrace_invariant_breaches"
    /// Gauge: Unix time of the last completed audit.
    package static let audited = "millrace_audit_last_success_timestamp_seconds"
    /// Gauge: bytes free in the document storage; absent for a bucket.
    package static let storageFree = "millrace_storage_free_bytes"
    /// Gauge{provider}: 1 while a provider is called, 0 while its breaker is open or half open.
    package static let providerUp = "millrace_provider_up"
    /// Counter{provider,outcome}: calls to a provider: answered, or the code of the failure.
    package static let providerCalls = "millrace_provider_calls_total"
    /// Counter{outcome}: pages that were to be recognised optically: recognised or failed.
    package static let ocrPages = "millrace_ocr_pages_total"
    /// Histogram: seconds for recognising the pages of one document.
    package static let ocrSeconds = "millrace_ocr_duration_seconds"
    /// Counter{reason}: messages rejected because they are not valid hints.
    package static let poison = "millrace_poison_messages_total"
}
