package import Postgres

private typealias SQL = PackageResources

/// The statements that both tenants' and operators' requests run.
package enum SharedQuery {
    package static let jobEvents = SQLFile(SQL.job_events_sql, name: "jobEvents")
    package static let pipelineRates = SQLFile(SQL.pipeline_rates_sql, name: "pipelineRates")
    package static let providerHealth = SQLFile(SQL.provider_health_sql, name: "providerHealth")
}
