import Domain
import Pipeline

/// Reads a whole backup and compares it with its manifest. Changes nothing.
package struct BackupCheck: Sendable {
    package struct Finding: Sendable, Equatable {
        package var manifest: BackupManifest
        /// Files that are missing or differ from the manifest, at most a hundred.
        package var faults: [String] = []
        /// Whether a later run into the folder did not complete.
        package var hasUnfinishedRun = false
    }

    private let folder: BackupFolder
    private let tools: DatabaseTools

    package init(of folder: BackupFolder, with tools: DatabaseTools) {
        self.folder = folder
        self.tools = tools
    }

    private static let faultsMax = 100

    /// - Throws: `incomplete` when the folder has no complete backup.
    package func run() async throws(BackupError) -> Finding {
        let (manifest, lock) = try await folder.open()
        var finding = Finding(manifest: manifest)
        finding.hasUnfinishedRun = try await !folder.leftovers(of: manifest).isEmpty
        if let fault = try await Self.fault(of: manifest.database, in: folder) {
            finding.faults.append(fault)
        } else {
            try await tools.check(folder.file(manifest.database.name))
        }
        if let fault = try await Self.fault(of: manifest.blobList, in: folder) {
            finding.faults.append(fault)
        } else {
            try await checkBlobs(&finding)
        }
        withExtendedLifetime(lock) {}
        return finding
    }

    /// What is wrong with a file that the manifest names; `nil` when it is intact.
    static func fault(
        of file: BackupManifest.File, in folder: BackupFolder
    ) async throws(BackupError) -> String? {
        do {
            let found = try await BackupFiles.measure(folder.file(file.name))
            return found == (file.bytes, file.sha256) ? nil : "\(file.name) has changed"
        } catch {
            guard error.code == .storage(.blobMissing) else { throw .storage(error) }
            return "\(file.name) is missing"
        }
    }

    private func checkBlobs(_ finding: inout Finding) async throws(BackupError) {
        let list = BlobList(file: folder.file(finding.manifest.blobList.name))
        var faults: [String] = []
        try await list.eachPage { (page) throws(BackupError) in
            for entry in page where faults.count < Self.faultsMax {
                if let fault = try await fault(of: entry) { faults.append(fault) }
            }
        }
        finding.faults += faults
    }

    private func fault(of entry: BlobList.Entry) async throws(BackupError) -> String? {
        do {
            let found = try await BackupFiles.measure("\(folder.blobRoot)/\(entry.path.key)")
            return found.sha256 == entry.sha256 ? nil : "blobs/\(entry.path.key) has changed"
        } catch {
            guard error.code == .storage(.blobMissing) else { throw .storage(error) }
            return "blobs/\(entry.path.key) is missing"
        }
    }
}
