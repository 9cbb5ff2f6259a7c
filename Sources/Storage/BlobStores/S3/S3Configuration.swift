package import ProviderHTTP

/// Who asks S3.
package struct S3Credentials: Sendable {
    package var accessKeyID: String
    package var secretAccessKey: APIKey
    /// Of credentials that are lent for a time.
    package var sessionToken: APIKey?

    package init(accessKeyID: String, secretAccessKey: APIKey, sessionToken: APIKey? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }
}

/// A bucket and how it is reached: at `{endpoint}/{bucket}`, which S3 calls path style.
package struct S3Configuration: Sendable {
    /// `https://s3.eu-central-1.amazonaws.com`, `https://{project}.supabase.co/storage/v1/s3`, …
    package var endpoint: String
    package var bucket: String
    package var region: String
    package var credentials: S3Credentials
    /// Blobs longer than this are sent in parts of this length; S3 takes parts from 5 MiB on and
    /// up to 10,000 of them.
    package var partBytes: Int
    /// Of one request, the sending of a part included; of a blob that is received, until it begins.
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

    /// The shortest part that S3 takes, but for the last one.
    package static let partBytesLeast = 5 << 20
}
