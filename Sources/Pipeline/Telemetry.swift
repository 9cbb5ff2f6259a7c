/// Names of all metrics, in one place; alert rules and dashboards refer to them.
package enum Telemetry {
    /// Counter{queue}: jobs claimed.
    package static let claimed = "millrace_jobs_claimed_total"
    /// Counter{queue}: hints that named no waiting job.
    package static let staleHints = "millrace_hints_stale_total"
    /// Counter{queue}: hints not sent; the reconciler sends them again.
    package static let hintsDropped = "millrace_hints_dropped_total"
    /// Counter{queue,outcome}: work ended: completed, retried, paused, deadlettered, lost, released.
    package static let ended = "millrace_jobs_ended_total"
    /// Counter{queue,code}: failures by cause.
    package static let failures = "millrace_job_failures_total"
    /// Histogram{queue}: seconds from claim to the end of the work.
    package static let workSeconds = "millrace_work_duration_seconds"
    /// Gauge{queue}: slots in use.
    package static let busySlots = "millrace_slots_busy"
    /// Counter{repair}: what the reconciler mended: renotified, retry_due, lease_expired, …
    package static let repairs = "millrace_repairs_total"
    /// Gauge{stage,state}: jobs.
    package static let jobs = "millrace_jobs"
    /// Gauge{queue}: seconds the oldest due job has waited.
    package static let oldestWaiting = "millrace_oldest_waiting_seconds"
    /// Gauge{invariant}: rows that breach an invariant, at the last audit.
    package static let breaches = "millrace_invariant_breaches"
    /// Gauge: Unix time of the last audit that went through.
    package static let audited = "millrace_audit_last_success_timestamp_seconds"
    /// Gauge: bytes that the storage of documents can still take; absent for a bucket.
    package static let storageFree = "millrace_storage_free_bytes"
    /// Gauge{provider}: 1 while a provider is asked, 0 while it is left alone or tried again.
    package static let providerUp = "millrace_provider_up"
    /// Counter{provider,outcome}: calls of a provider: answered, or the code of the failure.
    package static let providerCalls = "millrace_provider_calls_total"
    /// Counter{reason}: messages that were not hints.
    package static let poison = "millrace_poison_messages_total"
}
