import LocalCluster
import FoundationEssentials
import ProgramFrame
import Pipeline
import Wiring

/// The store of documents that a command works on.
struct Storage: Sendable {
    let store: any BlobStore
    /// For a person.
    let name: String
}

extension DatabaseOptions {
    /// The store beside the database: that of the environment's settings, the folder of this
    /// machine's cluster unless a URL is given.
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
            throw Complaint("The store of documents: \(error)")
        } catch let fault as SettingFault {
            throw Complaint(
                "The store of documents: \(fault). Settings are taken from the environment: "
                    + "MILLRACE_BLOBS, MILLRACE_BLOB_ROOT, MILLRACE_S3_BUCKET and so on.")
        }
    }
}
