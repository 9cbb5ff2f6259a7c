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
