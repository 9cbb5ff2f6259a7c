import Backups
import BlobStores
import LocalCluster
import FoundationEssentials
import Glibc
import TestCluster
import TestSupport
import Testing

/// `millrace backup` killed midway.
@Suite(.timeLimit(.minutes(5))) @MainActor struct CrashTests {
    private static func command(_ archive: Archive) throws -> TestCluster {
        try TestCluster(
            .built, directory: archive.directory, databaseURL: archive.database.url, settings: [:])
    }

    @Test(arguments: [
        "after database dump", "after blob rename", "after blob copy", "before manifest",
    ])
    func `a first backup that is interrupted is incomplete, and the next run completes it`(
        point: String
    ) async throws {
        try await Archive.withTemporary { archive in
            for number in 1...30 { _ = try await archive.add("text \(number)") }
            let command = try Self.command(archive)
            let folder = archive.folder.path
            let killed = try await command.backup("create", folder, failing: "kill \(point)")
            #expect(killed.exit == .signal(SIGKILL))

            let verified = try await command.backup("verify", folder)
            #expect(verified.exit == .code(1))
            #expect(verified.output.contains("no complete backup"), "\(verified.output)")
            try await TestDatabase.lend(isMigrated: false) { database in
                let error = await #expect(throws: (any Error).self) {
                    try await archive.restore(
                        into: database, LocalBlobStore(root: archive.directory + "/other"))
                }
                #expect("\(error!)".contains("no complete backup"))
            }

            let completed = try await command.backup("create", folder)
            #expect(completed.exit == .code(0), "\(completed.output)")
            #expect(try await command.backup("verify", folder).exit == .code(0))
            #expect(try await archive.check().hasUnfinishedRun == false)
            let before = try await Archive.rows(of: archive.database)
            try await archive.restored { database, blobs in
                let (rows, names) = try await (
                    Archive.rows(of: database), Archive.names(in: blobs)
                )
                #expect(rows == before)
                let expected = try await Archive.names(in: archive.blobs)
                #expect(names == expected)
            }
        }
    }

    @Test(arguments: ["after database dump", "after blob copy", "before manifest"])
    func `the earlier backup stays valid until the later one is complete`(
        point: String
    ) async throws {
        try await Archive.withTemporary { archive in
            let deleted = try await archive.add("deleted")
            _ = try await archive.add("kept")
            let rows = try await Archive.rows(of: archive.database)
            try await archive.back()
            try await archive.delete(deleted)
            _ = try await archive.add("added")
            let command = try Self.command(archive)
            let folder = archive.folder.path
            let killed = try await command.backup("create", folder, failing: "kill \(point)")
            #expect(killed.exit == .signal(SIGKILL))

            let verified = try await command.backup("verify", folder)
            #expect(verified.exit == .code(0), "\(verified.output)")
            #expect(verified.output.contains("A later run did not end."), "\(verified.output)")
            try await archive.restored { database, blobs in
                let (restored, names) = try await (
                    Archive.rows(of: database), Archive.names(in: blobs)
                )
                #expect(restored == rows)
                #expect(names.contains(deleted.raw))
            }

            #expect(try await command.backup("create", folder).exit == .code(0))
            let now = try await Archive.rows(of: archive.database)
            try await archive.restored { database, _ in
                let rows = try await Archive.rows(of: database)
                #expect(rows == now)
            }
            #expect(
                try await Archive.names(in: archive.folder.blobs)
                    == Archive.names(in: archive.blobs))
        }
    }

    @Test func `a backup that is interrupted after its manifest is complete`() async throws {
        try await Archive.withTemporary { archive in
            _ = try await archive.add("text")
            let command = try Self.command(archive)
            let killed = try await command.backup(
                "create", archive.folder.path, failing: "kill after manifest")
            #expect(killed.exit == .signal(SIGKILL))
            #expect(try await command.backup("verify", archive.folder.path).exit == .code(0))
        }
    }

    @Test func `an interrupted restore can be run again`() async throws {
        try await Archive.withTemporary { archive in
            for number in 1...30 { _ = try await archive.add("text \(number)") }
            try await archive.back()
            let before = try await Archive.rows(of: archive.database)
            try await TestDatabase.lend(isMigrated: false) { database in
                let command = try TestCluster(
                    .built, directory: archive.directory + "/new", databaseURL: database.url,
                    settings: [:])
                for point in ["after blob copy", "after blobs restored"] {
                    let killed = try await command.backup(
                        "restore", archive.folder.path, failing: "kill \(point)")
                    #expect(killed.exit == .signal(SIGKILL))
                    let documents = try await database.texts(
                        "SELECT count(*) FROM upload_pipeline.documents")
                    #expect(documents == ["0"])
                }
                let restored = try await command.backup("restore", archive.folder.path)
                #expect(restored.exit == .code(0), "\(restored.output)")
                #expect(try await Archive.rows(of: database) == before)
                let blobs = LocalBlobStore(root: command.directory + "/blobs")
                #expect(
                    try await Archive.names(in: blobs) == Archive.names(in: archive.blobs))
                let again = try await command.backup("restore", archive.folder.path)
                #expect(again.exit == .code(1))
                #expect(again.output.contains("The database is not empty"), "\(again.output)")
            }
        }
    }

    @Test func `a folder accepts one backup at a time`() async throws {
        try await Archive.withTemporary { archive in
            _ = try await archive.add("text")
            let command = try Self.command(archive)
            let folder = archive.folder.path
            async let first = command.backup(
                "create", folder, as: "first", failing: "stop after database dump")
            try await command.until("the first backup is stopped") {
                command.isStopped("first")
            }
            for action in ["create", "verify"] {
                let second = try await command.backup(action, folder)
                #expect(second.exit == .code(1))
                #expect(second.output.contains("Wait until it has finished"), "\(second.output)")
            }
            command.signal("first", SIGCONT)
            #expect(try await first.exit == .code(0))
        }
    }

    @Test func `a command that runs under a hold keeps its own exit code`() async throws {
        try await Archive.withTemporary { archive in
            let command = try Self.command(archive)
            let count = """
                test $(psql "$MILLRACE_POSTGRES_URL" -Atc "SELECT count(*) FROM pg_locks WHERE \
                locktype = 'advisory' AND mode = 'ShareLock'") -ge 1 && exit 7
                """
            let path = ["PATH": Runtime.path + "/postgres/bin:/usr/bin:/bin"]
            let exit = try await command.millrace(
                ["backup", "hold", "--", "sh", "-c", count], as: "hold",
                path.merging(["MILLRACE_POSTGRES_URL": archive.database.url]) { $1 })
            #expect(exit == .code(7), "\(command.logText(of: "hold"))")
        }
    }
}
