/// One row of `upload_pipeline.schema_migrations`.
package struct AppliedMigration: Sendable, Equatable, Codable {
    package let version: Int
    package let name: String
    package let sha256: String

    package init(version: Int, name: String, sha256: String) {
        self.version = version
        self.name = name
        self.sha256 = sha256
    }
}

/// Compares the database's migrations with the program's. Pure.
package enum MigrationHistory {
    /// The migrations still to apply, in order. Throws when the two histories differ.
    package static func pending(
        of known: [Migration], after applied: [AppliedMigration]
    ) throws(MigrationError) -> ArraySlice<Migration> {
        let applied = applied.sorted { $0.version < $1.version }
        for (index, step) in applied.enumerated() where step.version != index + 1 {
            throw .gap(missing: index + 1)
        }
        // Before the lengths: a database with another history may have more migrations.
        for (step, migration) in zip(applied, known) {
            guard step.name == migration.name else {
                throw .otherHistory(migration, appliedName: step.name)
            }
            guard step.sha256 == migration.sha256 else {
                throw .edited(migration, appliedSHA256: step.sha256)
            }
        }
        guard applied.count <= known.count else {
            throw .databaseIsNewer(database: applied.count, program: known.count)
        }
        return known.dropFirst(applied.count)
    }
}
