import BlobStores
import FoundationEssentials
import ProviderHTTP
import TestSupport

/// A store on a bucket, with a scratch folder of its own.
struct Bucket: Sendable {
    let store: S3BlobStore
    let scratch: String

    /// - Parameters:
    ///   - name: replaces the bucket's own name.
    ///   - secret: replaces the valid secret.
    static func withTemporary(
        _ bucket: S3Bucket, named name: String? = nil, secret: String? = nil,
        _ body: (Bucket) async throws -> Void
    ) async throws {
        let address = bucket.address
        try await withTemporary(
            address.endpoint, bucket: name ?? address.bucket,
            S3Credentials(
                accessKeyID: address.accessKeyID,
                secretAccessKey: APIKey(secret ?? address.secretAccessKey)), body)
    }

    static func withTemporary(
        _ endpoint: String, bucket: String = "documents",
        _ credentials: S3Credentials = S3Credentials(
            accessKeyID: "key", secretAccessKey: APIKey("secret")),
        _ body: (Bucket) async throws -> Void
    ) async throws {
        let scratch = "/tmp/millrace-scratch-\(UUID().uuidString.lowercased())"
        try FileManager.default.createDirectory(
            atPath: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let configuration = S3Configuration(
            endpoint: endpoint, bucket: bucket, region: "us-east-1", credentials: credentials,
            partBytes: S3Configuration.partBytesLeast, timeout: .seconds(20), scratch: scratch)
        try await body(Bucket(store: S3BlobStore(configuration), scratch: scratch))
    }

    /// Files left in the scratch folder.
    var leavings: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: scratch) }
    }
}
