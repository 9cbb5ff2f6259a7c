import Backups
import BlobStores
import Domain
import FoundationEssentials
import Migrations
import Pipeline
import Postgres
import TestSupport
import Testing

/// Restores, backups and overwrites that are refused.
@Suite(.timeLimit(.minutes(5))) struct RefusalTests {
    @Test func `a used database is not overwritten`() async throws {
        try await Archive.withTemporary { archive in
            _ = try await archive.add("text")
            try await archive.back()
            // It is not migrated either.
            try await archive.database.script(
                """
                DELETE FROM upload_pipeline.schema_migrations WHERE version =
                    (SELECT max(version) FROM upload_pipeline.schema_migrations)
                """)
            let before = try await Archive.rows(of: archive.database)
            let blobs = LocalBlobStore(root: archive.directory + "/other")
            let error = await #expect(throws: BackupError.self) {
                try await archive.restore(into: archive.database, blobs)
            }
            guard case .databaseUsed = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try await Archive.rows(of: archive.database) == before)
            let migrations = try await archive.database.texts(
                "SELECT count(*)::text FROM upload_pipeline.schema_migrations")
            #expect(migrations == ["\(Migration.all.count - 1)"])
            #expect(try await Archive.names(in: blobs) == [])
        }
    }

    @Test func `a migrated and unused database can be restored`() async throws {
        try await Archive.withTemporary { archive in
            _ = try await archive.add("text")
            try await archive.back()
            try await TestDatabase.lend { database in
                let blobs = LocalBlobStore(root: archive.directory + "/other")
                try await archive.restore(into: database, blobs)
                #expect(try await Archive.names(in: blobs).count == 2)
            }
        }
    }

    @Test func `nothing is restored while programs are connected`() async throws {
        try await Archive.withTemporary { archive in
            _ = try await archive.add("text")
            try await archive.back()
            try await TestDatabase.lend { database in
                let worker = PostgresPool(
                    PostgresConfiguration(
                        conninfo: database.url, applicationName: "parse-worker@host:1"))
                _ = try await worker.query(PostgresStatement("SELECT 1"))
                let blobs = LocalBlobStore(root: archive.directory + "/other")
                let error = await #expect(throws: BackupError.self) {
                    try await archive.restore(into: database, blobs)
                }
                #expect("\(error!)".contains("parse-worker@host:1"))
                await worker.close()
                #expect(try await Archive.names(in: blobs) == [])
            }
        }
    }

    @Test func `a store with other blobs is used only on request`() async throws {
        try await Archive.withTemporary { archive in
            for number in 1...3 { _ = try await archive.add("text \(number)") }
            try await archive.back()
            // Their keys sort before, between and after those of the backup.
            let others = ["00000000", "88888888", "ffffffff"].map { start in
                BlobPath(
                    kind: .parsed,
                    tenant: TenantID(UUID(uuidString: "\(start)-0000-4000-8000-000000000000")!),
                    document: DocumentID(), claim: ClaimID(), fileExtension: "md")
            }
            try await TestDatabase.lend(isMigrated: false) { database in
                let blobs = LocalBlobStore(root: archive.directory + "/other")
                for other in others { try await blobs.put([1], at: other) }
                let error = await #expect(throws: BackupError.self) {
                    try await archive.restore(into: database, blobs)
                }
                guard case .otherBlobs(let count, let example) = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(count == 3 && example == others[0].key)
                #expect(try await Archive.names(in: blobs) == Set(others))
                try await archive.restore(into: database, blobs, overOthers: true)
                #expect(try await Archive.names(in: blobs).count == 9)
            }
        }
    }

    @Test func `a folder with other files is neither written nor read`() async throws {
        try await Archive.withTemporary { archive in
            let folder = archive.folder.path
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            try Data("mine".utf8).write(to: URL(filePath: folder + "/letter.txt"))
            for action in [{ _ = try await archive.back() }, { _ = try await archive.check() }] {
                let error = await #expect(throws: BackupError.self) { try await action() }
                guard case .notABackup = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
            }
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder) == ["letter.txt"])
        }
    }

    @Test(arguments: [
        ("", "its JSON is not that of a manifest"),
        (#"{"format": 1}"#, "its format is 1, this program supports 2"),
        (#"{"format": 2}"#, "its JSON is not that of a manifest"),
    ])
    func `a manifest of another kind is refused`(text: String, reason: String) async throws {
        try await Archive.withTemporary { archive in
            _ = try await archive.add("text")
            try await archive.back()
            try Data(text.utf8).write(to: URL(filePath: archive.folder.path + "/manifest.json"))
            let error = await #expect(throws: BackupError.self) { _ = try await archive.check() }
            #expect("\(error!)".contains(reason))
        }
    }

    @Test func `a schema newer than the program is refused`() async throws {
        let next = Migration.all.count + 1
        let error = try await refusal(
            """
            INSERT INTO upload_pipeline.schema_migrations (version, name, sha256)
            VALUES (\(next), 'later', repeat('0', 64))
            """)
        guard case .newerSchema(next, Migration.all.count) = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test func `a backup of an unreleased version is refused as such, and nothing is restored`()
        async throws
    {
        let renamed =
            "UPDATE upload_pipeline.schema_migrations SET name = 'other' WHERE version = 2"
        let more = """
            ;INSERT INTO upload_pipeline.schema_migrations (version, name, sha256)
            SELECT number, 'other', repeat('0', 64)
            FROM generate_series(\(Migration.all.count + 1), 30) AS number
            """
        for history in [renamed, renamed + more] {
            let error = try await refusal(history)
            guard case .otherSchema(.otherHistory(_, "other")) = error else {
                Issue.record("\(error)")
                return
            }
            #expect("\(error)".contains("an unreleased version of Millrace"))
        }
    }

    /// The error of restoring a backup whose database has another history of migrations.
    private func refusal(_ history: String) async throws -> BackupError {
        try await Archive.withTemporary { archive in
            _ = try await archive.add("text")
            try await archive.database.script(history)
            try await archive.back()
            return try await TestDatabase.lend(isMigrated: false) { database in
                let blobs = LocalBlobStore(root: archive.directory + "/other")
                let error = await #expect(throws: BackupError.self) {
                    try await archive.restore(into: database, blobs)
                }
                #expect(try await Archive.names(in: blobs) == [])
                return try #require(error)
            }
        }
    }

    @Test func `the error names missing PostgreSQL programs`() {
        let error = #expect(throws: BackupError.self) {
            try DatabaseTools(folders: ["/nowhere", "/nor-here"])
        }
        #expect("\(error!)".hasPrefix("pg_dump was not found in /nowhere, /nor-here."))
    }
}
