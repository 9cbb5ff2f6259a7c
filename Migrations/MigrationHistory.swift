/// One row of `upload_pipeline.schema_migrations`.
struct AppliedMigration: Sendable, Equatable {
    let version: Int
    let name: String
    let sha256: String
}

/// Compares the database's migrations with the program's. Pure.
enum MigrationHistory {
    /// The migrations still to apply, in order. Throws when the two histories differ.
    static func pending(
        of known: [Migration], after applied: [AppliedMigration]
    ) throws(MigrationError) -> ArraySlice<Migration> {
        let applied = applied.sorted { $0.version < $1.version }
        if let last = applied.last, last.version > known.count {
            throw .databaseIsNewer(database: last.version, program: known.count)
        }
        for (index, step) in applied.enumerated() {
            guard step.version == index + 1 else { throw .gap(missing: index + 1) }
            let migration = known[index]
            guard step.sha256 == migration.sha256, step.name == migration.name else {
                throw .edited(
                    migration, appliedName: step.name, appliedSHA256: step.sha256)
            }
        }
        return known.dropFirst(applied.count)
    }
}
