extension Migration {
    /// Every migration, in order. A new file needs a line here and in Package.swift.
    package static let all: [Migration] = [
        Migration(
            1, "create_documents_and_jobs",
            PackageResources._001_create_documents_and_jobs_sql),
        Migration(
            2, "enforce_transitions",
            PackageResources._002_enforce_transitions_sql),
        Migration(
            3, "create_buffers_and_chunks",
            PackageResources._003_create_buffers_and_chunks_sql),
        Migration(
            4, "grant_program_roles",
            PackageResources._004_grant_program_roles_sql),
        Migration(
            5, "audit_by_time",
            PackageResources._005_audit_by_time_sql),
        Migration(
            6, "tell_the_oldest",
            PackageResources._006_tell_the_oldest_sql),
        Migration(
            7, "say_who_redrives",
            PackageResources._007_say_who_redrives_sql),
        Migration(
            8, "account_for_providers",
            PackageResources._008_account_for_providers_sql),
        Migration(
            9, "budget_pages",
            PackageResources._009_budget_pages_sql),
        Migration(
            10, "hear_from_parsers",
            PackageResources._010_hear_from_parsers_sql),
        Migration(
            11, "sketch_vectors",
            PackageResources._011_sketch_vectors_sql),
        Migration(
            12, "speed_transitions",
            PackageResources._012_speed_transitions_sql),
        Migration(
            13, "measure_in_characters",
            PackageResources._013_measure_in_characters_sql),
        Migration(
            14, "bound_costs",
            PackageResources._014_bound_costs_sql),
        Migration(
            15, "claim_in_turns",
            PackageResources._015_claim_in_turns_sql),
        Migration(
            16, "end_dead_claims",
            PackageResources._016_end_dead_claims_sql),
        Migration(
            17, "require_errors",
            PackageResources._017_require_errors_sql),
    ]

    private init(_ version: Int, _ name: String, _ bytes: [UInt8]) {
        self.init(version: version, name: name, sql: String(decoding: bytes, as: UTF8.self))
    }
}
