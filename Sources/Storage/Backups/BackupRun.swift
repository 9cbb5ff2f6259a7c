import Domain
import FailPoints
import FoundationEssentials
import Glibc
package import Pipeline
package import Postgres

/// Takes a backup into a folder. An existing backup is kept until the new one is complete, and its
/// blobs are not copied again.
package struct BackupRun: Sendable {
    private let pool: PostgresPool
    private let source: any BlobStore
    private let tools: DatabaseTools
    private let folder: BackupFolder
    private let replacesOthers: Bool
    private let report: @Sendable (String) -> Void

    /// - Parameters:
    ///   - pool: connects as the database's owner, without a limit on idle transactions.
    ///   - replacesOthers: whether a backup of another database in the folder may be replaced.
    ///   - report: receives a line per step and per blob that cannot be copied.
    package init(
        from pool: PostgresPool, _ source: any BlobStore, to folder: BackupFolder,
        with tools: DatabaseTools, replacesOthers: Bool = false,
        report: @escaping @Sendable (String) -> Void
    ) {
        self.pool = pool
        self.source = source
        self.tools = tools
        self.folder = folder
        self.replacesOthers = replacesOthers
        self.report = report
    }

    package func run() async throws(BackupError) -> BackupManifest {
        let lock = try await folder.prepare()
        defer { withExtendedLifetime(lock) {} }
        let manifest = try await copy()
        try await complete(manifest)
        try await Pruning(folder: folder).run(keeping: manifest)
        return manifest
    }

    private func copy() async throws(BackupError) -> BackupManifest {
        let draft = Draft(folder)
        return try await pool.holdingBlobs { connection in
            let snapshot = try await dump(to: draft, connection)
            FailPoint.pass(.after, "database dump")
            let blobs = try await copyBlobs(to: draft, connection)
            return try await makeManifest(of: draft, snapshot, blobs)
        }
    }

    /// Replaces the manifest, which makes the new backup the current one.
    private func complete(_ manifest: BackupManifest) async throws(BackupError) {
        FailPoint.pass(.before, "manifest")
        let json = try manifest.json
        try await BackupFiles.replace(folder.manifestFile, with: json)
        FailPoint.pass(.after, "manifest")
    }

    /// The files of a backup that is not complete yet.
    private struct Draft: Sendable {
        let database: String
        let list: String
        let folder: BackupFolder

        init(_ folder: BackupFolder) {
            let name = UUID().uuidString.lowercased()
            database = "database-\(name).dump"
            list = "blobs-\(name).sha256"
            self.folder = folder
        }
    }

    // MARK: The database

    /// Prevents a backup of one database from replacing a backup of another.
    private func refuseOtherOrigin(_ snapshot: DatabaseSnapshot) async throws(BackupError) {
        guard !replacesOthers, let last = try await folder.manifest(),
            last.origin != snapshot.origin
        else { return }
        throw .otherOrigin(path: folder.path, documents: last.documents, takenAt: last.takenAt)
    }

    /// Writes the archive and opens a cursor over the blobs that its rows reference.
    private func dump(
        to draft: Draft, _ connection: PostgresConnection
    ) async throws -> DatabaseSnapshot {
        _ = try await connection.query(
            PostgresStatement("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        do {
            guard let row = try await connection.query(Query.exportSnapshot()).first else {
                throw PostgresError(.decoding, "the server exported no snapshot")
            }
            let snapshot = try DatabaseSnapshot(row)
            try await refuseOtherOrigin(snapshot)
            report("Dumping \(snapshot.documents) documents as of \(snapshot.takenAt)")
            try await connection.openPages(of: Query.backupBlobs())
            try await tools.dump(
                pool.configuration.conninfo, snapshot: snapshot.name,
                to: folder.file(draft.database))
            _ = try await connection.query(PostgresStatement("COMMIT"))
            return snapshot
        } catch {
            // If this fails too, the connection is discarded and the server rolls back.
            _ = try? await connection.query(PostgresStatement("ROLLBACK"))
            throw error
        }
    }

    // MARK: The blobs

    private struct Blobs: Sendable {
        var count = 0
        var bytes = 0
        var missing = 0
        var fresh = 0
    }

    private func copyBlobs(
        to draft: Draft, _ connection: PostgresConnection
    ) async throws -> Blobs {
        report("Copying blobs")
        var blobs = Blobs()
        let list = BlobList(file: folder.file(draft.list))
        try await list.append([])
        while case let page = try await nextPage(connection), !page.isEmpty {
            let wanted = try page.map { row in
                (
                    name: try row.decode(0, as: String.self),
                    sha256: try row.decodeIfPresent(1, as: String.self)
                )
            }
            try await list.append(try await copy(wanted, &blobs))
        }
        try await connection.closePages()
        try await BackupFiles.sync(list.file)
        report("Blobs: \(blobs.count), of which \(blobs.fresh) are new")
        return blobs
    }

    private static let pageRows = 256

    private func nextPage(
        _ connection: PostgresConnection
    ) async throws(BackupError) -> PostgresRows {
        do {
            return try await connection.nextPage(rows: Self.pageRows)
        } catch {
            throw .holdLost(error.message)
        }
    }

    /// Copies the blobs that the folder lacks. Returns the ones that it contains afterwards.
    private func copy(
        _ wanted: [(name: String, sha256: String?)], _ blobs: inout Blobs
    ) async throws(BackupError) -> [BlobList.Entry] {
        var entries: [BlobList.Entry] = []
        var absent: [(path: BlobPath, sha256: String?)] = []
        for (name, sha256) in wanted {
            guard let path = BlobPath(name) else {
                report(name, fault: "is not a path of the blob store", &blobs)
                continue
            }
            let file = "\(folder.blobRoot)/\(path.key)"
            guard access(file, F_OK) == 0 else {
                absent.append((path, sha256))
                continue
            }
            // A file gets its final name only once it is checked, and never changes.
            guard let sha256 else {
                let measured = try await measured(file)
                entries.append(BlobList.Entry(path: path, sha256: measured.sha256))
                continue
            }
            entries.append(BlobList.Entry(path: path, sha256: sha256))
        }
        let copier = BlobCopier(source: source, target: folder.blobs)
        for (blob, outcome) in zip(absent, try await copier.copy(absent)) {
            switch outcome {
            case .copied(let sha256):
                entries.append(BlobList.Entry(path: blob.path, sha256: sha256))
                blobs.fresh += 1
            case .missing: report("\(blob.path)", fault: "is not in the blob store", &blobs)
            case .damaged:
                report(
                    "\(blob.path)", fault: "in the blob store differs from the accepted bytes",
                    &blobs)
            }
        }
        for entry in entries { blobs.bytes += Self.length("\(folder.blobRoot)/\(entry.path.key)") }
        blobs.count += entries.count
        return entries.sorted { $0.path.key < $1.path.key }
    }

    private func report(_ blob: String, fault: String, _ blobs: inout Blobs) {
        blobs.missing += 1
        if blobs.missing <= 100 { report("BROKEN \(blob) \(fault)") }
    }

    private static func length(_ file: String) -> Int {
        var information = stat()
        return stat(file, &information) == 0 ? information.st_size : 0
    }

    // MARK: The manifest

    private func measured(
        _ file: String
    ) async throws(BackupError) -> (bytes: Int, sha256: String) {
        do {
            return try await BackupFiles.measure(file)
        } catch {
            throw .storage(error)
        }
    }

    private func makeManifest(
        of draft: Draft, _ snapshot: DatabaseSnapshot, _ blobs: Blobs
    ) async throws(BackupError) -> BackupManifest {
        let database = try await measured(folder.file(draft.database))
        let list = try await measured(folder.file(draft.list))
        return BackupManifest(
            origin: snapshot.origin, takenAt: snapshot.takenAt,
            serverVersion: snapshot.serverVersion,
            migrations: snapshot.migrations, documents: snapshot.documents,
            unfinishedJobs: snapshot.unfinishedJobs,
            database: .init(
                name: draft.database, bytes: database.bytes, sha256: database.sha256),
            blobList: .init(name: draft.list, bytes: list.bytes, sha256: list.sha256),
            blobs: blobs.count, blobBytes: blobs.bytes, missingBlobs: blobs.missing)
    }
}
