package import ProviderHTTP

/// The credentials for S3.
package struct S3Credentials: Sendable {
    package var accessKeyID: String
    package var secretAccessKey: APIKey
    /// The session token of temporary credentials.
    package var sessionToken: APIKey?

    package init(accessKeyID: String, secretAccessKey: APIKey, sessionToken: APIKey? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }
}

/// A bucket and its address: `{endpoint}/{bucket}`, which S3 calls path style.
package struct S3Configuration: Sendable {
    /// `https://s3.eu-central-1.amazonaws.com`, `https://{project}.supabase.co/storage/v1/s3`, …
    package var endpoint: String
    package var bucket: String
    package var region: String
    package var credentials: S3Credentials
    /// Longer blobs are sent in parts of this length. S3 accepts parts of at least 5 MiB and at
    /// most 10,000 of them.
    package var partBytes: Int
    /// Per request, including the upload of a part. For a download: until the response begins.
    package var timeout: Duration
    /// Folder for documents on their way to and from the bucket.
    package var scratch: String

    package init(
        endpoint: String, bucket: String, region: String, credentials: S3Credentials,
        partBytes: Int = 16 << 20, timeout: Duration = .seconds(30), scratch: String
    ) {
        self.endpoint = endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
        self.bucket = bucket
        self.region = region
        self.credentials = credentials
        self.partBytes = partBytes
        self.timeout = timeout
        self.scratch = scratch
    }

    /// The minimum size of every part except the last.
    package static let partBytesLeast = 5 << 20
}
