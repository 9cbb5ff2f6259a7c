import BlobStores
import Glibc
package import ProgramFrame
package import Pipeline
import ProviderHTTP

/// Where the bytes of documents are stored; the same for all programs of a pipeline.
package enum BlobSettings {
    package enum Kind: String, CaseIterable, Sendable { case local, s3 }

    package static let kind = Setting<Kind>.choice(
        "blobs", "Where documents are stored: local, in a folder; or s3, in a bucket",
        default: .local)
    package static let root = Setting.optionalText(
        "blob-root", "Folder of the documents, shared by all programs; required for --blobs local")
    package static let endpoint = Setting.text(
        "s3-endpoint",
        "Address of S3 or of a compatible server, such as "
            + "https://PROJECT.supabase.co/storage/v1/s3",
        default: "https://s3.us-east-1.amazonaws.com")
    package static let bucket = Setting.optionalText(
        "s3-bucket", "Bucket of the documents; required for --blobs s3")
    package static let region = Setting.text(
        "s3-region", "Region of the bucket", default: "us-east-1")
    package static let accessKeyID = Setting.optionalText(
        "s3-access-key-id", "Id of the access key; required for --blobs s3")
    package static let secretAccessKey = Setting.optionalText(
        "s3-secret-access-key", "Secret of the access key; required for --blobs s3", isSecret: true)
    package static let sessionToken = Setting.optionalText(
        "s3-session-token", "Session token of temporary credentials", isSecret: true)
    package static let partMB = Setting.number(
        "s3-part-mb", "Size of a part in MiB; a longer document is sent in several parts",
        default: 16,
        in: (S3Configuration.partBytesLeast >> 20)...1024)
    package static let timeout = Setting.time(
        "s3-timeout", "Time limit of a request, or of sending one part", default: "60s")
    package static let scratch = Setting.text(
        "blob-scratch",
        "Folder for documents in transit to or from a bucket; they are removed afterwards",
        default: "/tmp")

    package static let declared: [any SettingDeclaration] = [
        kind, root, endpoint, bucket, region, accessKeyID, secretAccessKey, sessionToken, partMB,
        timeout, scratch,
    ]

    /// - Throws: when a setting that this kind of store needs is missing or invalid.
    package static func store(_ settings: Settings) throws(SettingFault) -> any BlobStore {
        switch settings[kind] {
        case .local:
            return LocalBlobStore(root: try needed(root, settings))
        case .s3:
            guard ["http://", "https://"].contains(where: settings[endpoint].hasPrefix) else {
                throw SettingFault("--s3-endpoint must begin with http:// or https://")
            }
            guard access(settings[scratch], W_OK | X_OK) == 0 else {
                throw SettingFault(
                    "--blob-scratch: cannot create files in '\(settings[scratch])'")
            }
            return S3BlobStore(
                S3Configuration(
                    endpoint: settings[endpoint], bucket: try needed(bucket, settings),
                    region: settings[region],
                    credentials: S3Credentials(
                        accessKeyID: try needed(accessKeyID, settings),
                        secretAccessKey: APIKey(try needed(secretAccessKey, settings)),
                        sessionToken: settings[sessionToken].map { APIKey($0) }),
                    partBytes: settings[partMB] << 20, timeout: settings[timeout],
                    scratch: settings[scratch]))
        }
    }

    private static func needed(
        _ setting: Setting<String?>, _ settings: Settings
    ) throws(SettingFault) -> String {
        guard let value = settings[setting] else {
            throw SettingFault("--\(setting.name) is required for --blobs \(settings[kind])")
        }
        return value
    }
}
