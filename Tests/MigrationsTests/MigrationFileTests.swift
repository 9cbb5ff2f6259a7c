import FoundationEssentials
import TestSupport
import Testing

@testable import Migrations

@Suite struct MigrationFileTests {
    private let folder = Runtime.repository + "/Migrations"

    @Test func `the files of the folder equal the embedded migrations`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".sql") && $0 != "schema.sql" }.sorted()
        #expect(files == Migration.all.map(\.filename))
        for migration in Migration.all {
            let path = "\(folder)/\(migration.filename)"
            let data = try #require(FileManager.default.contents(atPath: path))
            #expect(String(decoding: data, as: UTF8.self) == migration.sql)
        }
    }

    @Test func `migrations are numbered from one without gaps and hold no transaction control`() {
        #expect(Migration.all.map(\.version) == Array(1...Migration.all.count))
        for migration in Migration.all {
            let lines = migration.sql.uppercased().split(separator: "\n")
            let control = ["BEGIN;", "COMMIT;", "ROLLBACK;", "START TRANSACTION;"]
            #expect(!lines.contains { control.contains(String($0)) })
        }
    }

    /// From 0.1.0 on. Migrations/checksums.sha256 has a line for each migration, as `sha256sum`
    /// writes it.
    @Test func `a migration that has landed never changes`() throws {
        let list = try String(contentsOfFile: folder + "/checksums.sha256", encoding: .utf8)
        let lines = list.split(separator: "\n").map(String.init)
        for (line, migration) in zip(lines, Migration.all) {
            #expect(
                line == "\(migration.sha256)  \(migration.filename)",
                """
                Migrations/\(migration.filename) has landed and must not change. Restore it, and \
                put the change into a new migration.
                """)
        }
        #expect(
            lines.count == Migration.all.count,
            "Each migration has a line: (cd Migrations && sha256sum 0*.sql > checksums.sha256)")
    }

    @Test func `a history with a gap is refused`() {
        let applied = [3].map { version in
            let migration = Migration.all[version - 1]
            return AppliedMigration(
                version: version, name: migration.name, sha256: migration.sha256)
        }
        let error = #expect(throws: MigrationError.self) {
            try MigrationHistory.pending(of: Migration.all, after: applied)
        }
        guard case .gap(missing: 1) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
