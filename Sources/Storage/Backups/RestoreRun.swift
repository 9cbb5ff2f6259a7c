import Domain
import FailPoints
import Migrations
package import Pipeline
package import Postgres

/// Restores a backup into an unused database and store.
///
/// Copies the blobs first and restores the database last, in one transaction. An interrupted
/// restore leaves an empty database and can be run again; blobs already copied are skipped.
package struct RestoreRun: Sendable {
    private let folder: BackupFolder
    private let pool: PostgresPool
    private let target: any BlobStore
    private let tools: DatabaseTools
    private let keepsOtherBlobs: Bool
    private let report: @Sendable (String) -> Void

    /// - Parameters:
    ///   - pool: connects as a user that may create the schema, and that then owns it.
    ///   - keepsOtherBlobs: whether the store may contain blobs that the backup does not have.
    ///   - report: receives a line per step.
    package init(
        of folder: BackupFolder, into pool: PostgresPool, _ target: any BlobStore,
        with tools: DatabaseTools, keepsOtherBlobs: Bool = false,
        report: @escaping @Sendable (String) -> Void
    ) {
        self.folder = folder
        self.pool = pool
        self.target = target
        self.tools = tools
        self.keepsOtherBlobs = keepsOtherBlobs
        self.report = report
    }

    package func run() async throws(BackupError) -> BackupManifest {
        let (manifest, lock) = try await folder.open()
        try await check(manifest)
        try await prepareDatabase()
        try await copyBlobs(manifest)
        FailPoint.pass(.after, "blobs restored")
        try await restoreDatabase(manifest)
        withExtendedLifetime(lock) {}
        return manifest
    }

    private func check(_ manifest: BackupManifest) async throws(BackupError) {
        try checkSchema(manifest)
        report("Checking the backup of \(manifest.takenAt)")
        for file in [manifest.database, manifest.blobList] {
            if let fault = try await BackupCheck.fault(of: file, in: folder) {
                throw .damaged(fault)
            }
        }
    }

    /// Refuses a backup whose database could not be migrated after the restore.
    private func checkSchema(_ manifest: BackupManifest) throws(BackupError) {
        do {
            _ = try MigrationHistory.pending(of: Migration.all, after: manifest.migrations)
        } catch {
            if case .databaseIsNewer(let backup, let program) = error {
                throw .newerSchema(backup: backup, program: program)
            }
            throw .otherSchema(error)
        }
    }

    // MARK: The blobs

    private func copyBlobs(_ manifest: BackupManifest) async throws(BackupError) {
        let list = BlobList(file: folder.file(manifest.blobList.name))
        if !keepsOtherBlobs { try await refuseOtherBlobs(list) }
        report("Copying \(manifest.blobs) blobs")
        let copier = BlobCopier(source: folder.blobs, target: target)
        var stored = BlobListing(of: target)
        try await list.eachPage { (page) throws(BackupError) in
            var absent: [(path: BlobPath, sha256: String?)] = []
            for entry in page {
                if try await !contains(entry.path, &stored) {
                    absent.append((entry.path, entry.sha256))
                }
            }
            for (blob, outcome) in zip(absent, try await copier.copy(absent)) {
                switch outcome {
                case .copied: continue
                case .missing: throw .damaged("blobs/\(blob.path.key) is missing")
                case .damaged: throw .damaged("blobs/\(blob.path.key) has changed")
                }
            }
        }
    }

    /// Refuses a store with other blobs. It may belong to a running cluster, and the restored
    /// cluster's reconciler would delete that cluster's blobs.
    private func refuseOtherBlobs(_ list: BlobList) async throws(BackupError) {
        var stored = BlobListing(of: target)
        var unlisted = UnlistedBlobs()
        try await list.eachPage { (page) throws(BackupError) in
            for entry in page {
                try await count(&unlisted, &stored) { $0.key < entry.path.key }
                if try await contains(entry.path, &stored) { try await pass(&stored) }
            }
        }
        try await count(&unlisted, &stored) { _ in true }
        guard unlisted.count == 0 else {
            throw .otherBlobs(count: unlisted.count, example: unlisted.example)
        }
    }

    private struct UnlistedBlobs {
        var count = 0
        var example = ""
    }

    private func count(
        _ unlisted: inout UnlistedBlobs, _ stored: inout BlobListing,
        while isOther: (BlobPath) -> Bool
    ) async throws(BackupError) {
        do {
            while let blob = try await stored.peek(), isOther(blob) {
                _ = try await stored.next()
                if unlisted.count == 0 { unlisted.example = blob.key }
                unlisted.count += 1
            }
        } catch {
            throw .storage(error)
        }
    }

    private func contains(
        _ path: BlobPath, _ stored: inout BlobListing
    ) async throws(BackupError) -> Bool {
        do {
            return try await stored.contains(path)
        } catch {
            throw .storage(error)
        }
    }

    private func pass(_ stored: inout BlobListing) async throws(BackupError) {
        do {
            _ = try await stored.next()
        } catch {
            throw .storage(error)
        }
    }

    // MARK: The database

    private static let programs = ProgramName.pipeline.map(\.rawValue)

    /// Runs the migrations, which create the roles that the archive's grants name. Fails if the
    /// database has been used.
    private func prepareDatabase() async throws(BackupError) {
        do {
            try await refusePrograms()
            if try await answer(Query.hasSchema()), try await answer(Query.isUsed()) {
                throw BackupError.databaseUsed
            }
            _ = try await Migrator(pool: pool).migrate()
        } catch {
            throw BackupError(error)
        }
    }

    /// Whether a statement of one row and column returns true.
    private func answer(_ statement: PostgresStatement) async throws -> Bool {
        try await pool.query(statement).first?.decode(0, as: Bool.self) == true
    }

    private func refusePrograms() async throws {
        let names = try await pool.query(Query.runningPrograms(Self.programs))
            .map { try $0.decode(0, as: String.self) }
        guard names.isEmpty else { throw BackupError.programsRun(names) }
    }

    private func restoreDatabase(_ manifest: BackupManifest) async throws(BackupError) {
        report("Restoring \(manifest.documents) documents into the database")
        do {
            // A program may have started, or documents been accepted, while the blobs were copied.
            try await refusePrograms()
            try await dropUnusedSchema()
            try await tools.restore(
                folder.file(manifest.database.name), to: pool.configuration.conninfo)
            FailPoint.pass(.after, "database restored")
            let documents = try await pool.query(Query.countDocuments()).first?
                .decode(0, as: Int.self)
            guard documents == manifest.documents else {
                throw BackupError.damaged(
                    "the database has \(documents ?? 0) documents, the manifest "
                        + "\(manifest.documents)")
            }
        } catch {
            throw BackupError(error)
        }
        do {
            _ = try await Migrator(pool: pool).migrate()
            try await analyze()
        } catch {
            throw .notFinished("\(BackupError(error))")
        }
    }

    private func dropUnusedSchema() async throws {
        try await pool.withConnection { connection in
            try await connection.executeScript(
                "BEGIN; LOCK TABLE upload_pipeline.documents IN ACCESS EXCLUSIVE MODE")
            do {
                let isUsed = try await connection.query(Query.isUsed()).first?
                    .decode(0, as: Bool.self)
                guard isUsed == false else { throw BackupError.databaseUsed }
                try await connection.executeScript("DROP SCHEMA upload_pipeline CASCADE; COMMIT")
            } catch {
                // If this fails too, the connection is discarded and the server rolls back.
                _ = try? await connection.executeScript("ROLLBACK")
                throw error
            }
        }
    }

    /// Collects statistics, which an archive lacks. Without them plans assume empty tables.
    private func analyze() async throws {
        let tables = try await pool.query(Query.tables()).map { try $0.decode(0, as: String.self) }
        for table in tables {
            try await pool.withConnection { try await $0.executeScript("ANALYZE \(table)") }
        }
    }
}
