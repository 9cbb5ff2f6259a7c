package import FoundationEssentials
package import Migrations

/// The contents of a complete backup. Written last, so a backup without a manifest is incomplete.
package struct BackupManifest: Sendable, Equatable, Codable {
    /// The version of this layout.
    package var format = Self.currentFormat
    /// The source database: the server's system identifier and the database's oid.
    package var origin: String
    /// When the database's snapshot was taken, for example `2026-01-31T12:00:00Z`.
    package var takenAt: String
    package var serverVersion: String
    /// The migrations of the database, in order.
    package var migrations: [AppliedMigration]
    package var documents: Int
    /// Jobs that had not finished; they continue after a restore.
    package var unfinishedJobs: Int
    /// The archive of pg_dump.
    package var database: File
    /// The list of blobs, in the format of sha256sum.
    package var blobList: File
    package var blobs: Int
    package var blobBytes: Int
    /// Blobs that documents reference but that were missing or damaged in the store.
    package var missingBlobs: Int

    package struct File: Sendable, Equatable, Codable {
        package var name: String
        package var bytes: Int
        package var sha256: String
    }

    static let currentFormat = 2

    /// Reads the manifest of a backup.
    ///
    /// - Throws: `manifest` when it is invalid or has another format version.
    init(json: [UInt8], path: String) throws(BackupError) {
        struct Head: Decodable { var format: Int }
        do {
            let data = Data(json)
            let format = try JSONDecoder().decode(Head.self, from: data).format
            guard format == Self.currentFormat else {
                throw BackupError.manifest(
                    path: path,
                    reason: "its format is \(format), this program supports \(Self.currentFormat)")
            }
            self = try JSONDecoder().decode(Self.self, from: data)
        } catch let error as BackupError {
            throw error
        } catch {
            throw .manifest(path: path, reason: "its JSON is not that of a manifest")
        }
        for file in [database, blobList] where file.name.contains("/") || file.name.hasPrefix(".") {
            throw .manifest(path: path, reason: "'\(file.name)' is not the name of a file")
        }
    }

    init(
        origin: String, takenAt: String, serverVersion: String, migrations: [AppliedMigration],
        documents: Int, unfinishedJobs: Int, database: File, blobList: File, blobs: Int,
        blobBytes: Int,
        missingBlobs: Int
    ) {
        self.origin = origin
        self.takenAt = takenAt
        self.serverVersion = serverVersion
        self.migrations = migrations
        self.documents = documents
        self.unfinishedJobs = unfinishedJobs
        self.database = database
        self.blobList = blobList
        self.blobs = blobs
        self.blobBytes = blobBytes
        self.missingBlobs = missingBlobs
    }

    var json: [UInt8] {
        get throws(BackupError) {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            do {
                return Array(try encoder.encode(self)) + [10]
            } catch {
                throw .other("the manifest cannot be encoded: \(error)")
            }
        }
    }
}
