import Backups
import BlobStores
import Domain
import FoundationEssentials
import JobStorePostgres
import Migrations
import Operating
import Pipeline
import ProviderHTTP
import Reconciling
import TestSupport
import Testing

/// Backs up a database and a store at rest, and restores them.
@Suite(.timeLimit(.minutes(5))) struct BackupTests {
    @Test func `a restore contains every row and every referenced blob`() async throws {
        try await Archive.withTemporary { archive in
            for number in 1...40 { _ = try await archive.add("text \(number)") }
            let orphan = BlobPath(
                kind: .raw, tenant: TenantID(), document: DocumentID(), fileExtension: "md")
            try await archive.blobs.put([1], at: orphan)
            let manifest = try await archive.back()
            #expect(manifest.documents == 40 && manifest.unfinishedJobs == 40)
            #expect(manifest.blobs == 80 && manifest.missingBlobs == 0)
            #expect(try await archive.check().faults == [])
            let before = try await Archive.rows(of: archive.database)
            try await archive.restored { database, blobs in
                #expect(try await Archive.rows(of: database) == before)
                let stored = try await Archive.names(in: archive.blobs)
                #expect(try await Archive.names(in: blobs) == stored.subtracting([orphan]))
                for path in stored.subtracting([orphan]) {
                    let bytes = try await archive.blobs.read(path, bytesMax: 100)
                    #expect(try await blobs.read(path, bytesMax: 100) == bytes)
                }
                let finding = try await BlobAudit(names: database.store, blobs: blobs).run()
                #expect(finding == BlobAudit.Finding(named: 80))
                // The roles have the same privileges as before.
                try await database.acting(as: .flusher) {
                    _ = try await $0.texts("SELECT count(*) FROM upload_pipeline.upload_jobs")
                }
            }
        }
    }

    @Test func `a second backup copies new blobs and removes deleted ones`() async throws {
        try await Archive.withTemporary { archive in
            let kept = try await archive.add("kept")
            let deleted = try await archive.add("deleted")
            let first = try await archive.back()
            try await archive.delete(deleted)
            let added = try await archive.add("added")
            // Blobs already in the backup are not read again, even if the store has lost them.
            try await archive.blobs.delete(kept.raw)
            let steps = Steps()
            let second = try await archive.back(up: steps)
            #expect(second.blobs == 4 && second.missingBlobs == 0)
            #expect(steps.all.contains("Blobs: 4, of which 2 are new"), "\(steps.all)")
            #expect(
                try await Archive.names(in: archive.folder.blobs)
                    == [kept.raw, kept.parsed, added.raw, added.parsed])
            let names = try FileManager.default.contentsOfDirectory(atPath: archive.folder.path)
            #expect(
                Set(names) == [
                    "backup.lock", "blobs", "manifest.json", second.database.name,
                    second.blobList.name,
                ])
            #expect(first.database.name != second.database.name)
            #expect(try await archive.check().faults == [])
        }
    }

    @Test func `a backup does not replace a backup of another database`() async throws {
        try await Archive.withTemporary { first in
            _ = try await first.add("precious")
            let kept = try await first.back()
            // Readable by this user alone, even in a folder that others can enter.
            let attributes = try FileManager.default.attributesOfItem(
                atPath: "\(first.folder.path)/\(kept.database.name)")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            try await Archive.withTemporary { other in
                let wrong = Archive(
                    database: other.database, blobs: other.blobs, folder: first.folder,
                    directory: other.directory)
                let error = await #expect(throws: BackupError.self) { try await wrong.back() }
                #expect("\(try #require(error))".contains("--replace-other"))
                #expect(try await first.check().manifest == kept)
                #expect(try await first.check().faults == [])
                let replaced = try await wrong.back(replacesOthers: true)
                #expect(replaced.documents == 0 && replaced.origin != kept.origin)
            }
        }
    }

    @Test func `blobs that are missing in the store are reported, all others are backed up`()
        async throws
    {
        try await Archive.withTemporary { archive in
            let gone = try await archive.add("gone")
            let changed = try await archive.add("changed")
            _ = try await archive.add("sound")
            try await archive.blobs.delete(gone.raw)
            try await archive.blobs.put(Array("other bytes".utf8), at: changed.parsed)
            let steps = Steps()
            let manifest = try await archive.back(up: steps)
            #expect(manifest.blobs == 4 && manifest.missingBlobs == 2)
            #expect(steps.all.contains("BROKEN \(gone.raw) is not in the blob store"))
            #expect(
                steps.all.contains {
                    $0.hasPrefix("BROKEN \(changed.parsed) in the blob store differs from")
                })
            #expect(try await archive.check().faults == [])
            try await archive.restored { database, blobs in
                let finding = try await BlobAudit(names: database.store, blobs: blobs).run()
                #expect(finding.missingCount == 2)
                #expect(
                    Set(finding.missing) == [
                        "\(gone.raw) is not in the blob store",
                        "\(changed.parsed) is not in the blob store",
                    ])
            }
        }
    }

    @Test func `every changed or missing byte of a backup is found`() async throws {
        try await Archive.withTemporary { archive in
            let document = try await archive.add("text")
            let manifest = try await archive.back()
            for name in [
                manifest.database.name, manifest.blobList.name, "blobs/\(document.raw.key)",
            ] {
                let file = "\(archive.folder.path)/\(name)"
                let bytes = try #require(FileManager.default.contents(atPath: file))
                var other = bytes
                other[other.count / 2] ^= 1
                try other.write(to: URL(filePath: file))
                #expect(try await archive.check().faults == ["\(name) has changed"])
                try await TestDatabase.lend(isMigrated: false) { database in
                    await #expect(throws: BackupError.self) {
                        try await archive.restore(
                            into: database,
                            LocalBlobStore(root: archive.directory + "/" + UUID().uuidString))
                    }
                    let documents = try await database.texts(
                        "SELECT coalesce(to_regclass('upload_pipeline.documents')::text, '')")
                    #expect(documents == [""] || documents == ["upload_pipeline.documents"])
                }
                try FileManager.default.removeItem(atPath: file)
                #expect(try await archive.check().faults == ["\(name) is missing"])
                try bytes.write(to: URL(filePath: file))
            }
            #expect(try await archive.check().faults == [])
        }
    }

    @Test func `documents are restored from a bucket to another bucket`() async throws {
        let (old, new) = (try await S3Server.bucket(), try await S3Server.bucket())
        try await Archive.withTemporary(blobs: old.store(scratch: "/tmp")) { archive in
            for number in 1...12 { _ = try await archive.add("text \(number)") }
            #expect(try await archive.back().blobs == 24)
            try await TestDatabase.lend(isMigrated: false) { database in
                try await archive.restore(into: database, new.store(scratch: "/tmp"))
                #expect(try await new.objects() == old.objects())
                let finding = try await BlobAudit(
                    names: database.store, blobs: new.store(scratch: "/tmp")
                ).run()
                #expect(finding == BlobAudit.Finding(named: 24))
            }
        }
    }
}

extension S3Bucket {
    func store(scratch: String) -> S3BlobStore {
        S3BlobStore(
            S3Configuration(
                endpoint: address.endpoint, bucket: address.bucket, region: "us-east-1",
                credentials: S3Credentials(
                    accessKeyID: address.accessKeyID,
                    secretAccessKey: APIKey(address.secretAccessKey)),
                scratch: scratch))
    }
}
