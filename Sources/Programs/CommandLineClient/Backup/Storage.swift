import LocalCluster
import FoundationEssentials
import ProgramFrame
import Pipeline
import Wiring

/// The store of documents that a command works on.
struct Storage: Sendable {
    let store: any BlobStore
    /// For display.
    let name: String
}

extension DatabaseOptions {
    /// The store that the environment's settings select. Without a database URL, the folder of a
    /// local store is that of this machine's cluster.
    func storage() throws -> Storage {
        var environment = ProcessInfo.processInfo.environment
        if givenURL == nil { environment[BlobSettings.root.variable] = cluster.layout.blobs }
        do {
            let settings = try Settings(
                of: BlobSettings.declared, arguments: [], environment: environment)
            let place =
                switch settings[BlobSettings.kind] {
                case .local: settings[BlobSettings.root] ?? ""
                case .s3: "the bucket \(settings[BlobSettings.bucket] ?? "")"
                }
            return Storage(store: try BlobSettings.store(settings), name: place)
        } catch let error as SettingsError {
            throw UserError("The store of documents: \(error)")
        } catch let fault as SettingFault {
            throw UserError(
                "The store of documents: \(fault). Settings are taken from the environment: "
                    + "MILLRACE_BLOBS, MILLRACE_BLOB_ROOT, MILLRACE_S3_BUCKET and so on.")
        }
    }
}
