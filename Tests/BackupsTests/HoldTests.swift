import Backups
import BlobStores
import Domain
import FoundationEssentials
import JobStorePostgres
import Operating
import Pipeline
import Postgres
import Reconciling
import TestSupport
import Testing

/// No blob is deleted between the snapshot of the database and the copy of its blobs.
@Suite(.timeLimit(.minutes(5))) struct HoldTests {
    @Test func `orphans are kept while a backup holds them, and collected afterwards`()
        async throws
    {
        try await Archive.withTemporary { archive in
            let document = try await archive.add("text")
            let reconciler = Reconciler(
                store: archive.database.store, sender: NoHints(), blobs: archive.blobs,
                configuration: .init(orphanAge: .seconds(-60)), logger: TestBroker.silent)
            try await archive.database.pool.holdingBlobs { _ in
                try await archive.database.script("DELETE FROM upload_pipeline.documents")
                await reconciler.collect()
                let kept = try await Archive.names(in: archive.blobs)
                #expect(kept == [document.raw, document.parsed])
                // The end of another backup does not release the hold.
                try await archive.database.pool.holdingBlobs { _ in }
                await reconciler.collect()
                #expect(try await Archive.names(in: archive.blobs) == kept)
            }
            await reconciler.collect()
            #expect(try await Archive.names(in: archive.blobs) == [])
        }
    }

    @Test func `a hold ends with its session, and the loss is reported`() async throws {
        try await Archive.withTemporary { archive in
            let error = await #expect(throws: BackupError.self) {
                try await archive.database.pool.holdingBlobs { connection in
                    let pid = try await connection.query(
                        PostgresStatement("SELECT pg_backend_pid()::bigint"))[0]
                        .decode(0, as: Int.self)
                    _ = try await archive.database.texts("SELECT pg_terminate_backend(\(pid))")
                }
            }
            guard case .holdLost = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            let areHeld = try await archive.database.store.blobsAreHeld()
            #expect(!areHeld)
        }
    }

    @Test func `an audit finds a blob of a document that is missing in the store`() async throws {
        try await Archive.withTemporary { archive in
            var documents: [Archive.Document] = []
            for number in 1...20 { documents.append(try await archive.add("text \(number)")) }
            let audit = BlobAudit(names: archive.database.store, blobs: archive.blobs)
            #expect(try await audit.run() == BlobAudit.Finding(named: 40))
            try await archive.blobs.delete(documents[7].raw)
            try await archive.blobs.delete(documents[13].parsed)
            let finding = try await audit.run()
            #expect(finding.missingCount == 2)
            #expect(
                Set(finding.missing) == [
                    "\(documents[7].raw) is not in the blob store",
                    "\(documents[13].parsed) is not in the blob store",
                ])
            _ = try await archive.database.seedJob()
            #expect(
                try await audit.run().missing.contains(
                    "storage://raw/u/d.txt is not a path of the blob store"))
        }
    }

    @Test func `an audit removes nothing of concurrent uploads`() async throws {
        try await Archive.withTemporary { archive in
            let document = try await archive.add("text")
            let writer = try await archive.blobs.writer(for: document.raw)
            try await writer.append([1])
            _ = try await BlobAudit(
                names: archive.database.store, blobs: archive.blobs
            ).run()
            try await writer.commit()
            #expect(try await archive.blobs.read(document.raw, bytesMax: 9) == [1])
        }
    }
}

private struct NoHints: HintSender {
    func send(_ jobs: [JobID], to queue: WorkQueue) async throws(JobFailure) {}
}
