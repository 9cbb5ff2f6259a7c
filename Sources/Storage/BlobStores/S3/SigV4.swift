import Crypto
import Domain
import FoundationEssentials
import ProviderHTTP

/// Signs requests with AWS Signature Version 4 as S3 requires it: paths are encoded once, and the
/// payload's hash is signed too.
///
/// - Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
struct SigV4: Sendable {
    let credentials: S3Credentials
    let region: String

    static let emptySHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    /// Adds the headers that authenticate the request.
    ///
    /// - Parameter payloadSHA256: in hex; `S3Request` knows it before the first byte is sent.
    func sign(_ request: inout S3Request, payloadSHA256: String, at date: Date) {
        let time = Self.time(date)
        request.headers["x-amz-date"] = time
        request.headers["x-amz-content-sha256"] = payloadSHA256
        request.headers["x-amz-security-token"] = credentials.sessionToken?.value
        let (signature, signedHeaders) = signature(
            of: request, payloadSHA256: payloadSHA256, at: time)
        request.headers["authorization"] =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope(time)),"
            + "SignedHeaders=\(signedHeaders),Signature=\(signature)"
    }

    /// Signs the request in its query, so that any holder of the URL can send this exact request.
    ///
    /// - Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    func presign(_ request: inout S3Request, lifetime: Duration, at date: Date) {
        let time = Self.time(date)
        request.query += [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            ("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope(time))"),
            ("X-Amz-Date", time),
            ("X-Amz-Expires", "\(lifetime.components.seconds)"),
        ]
        if let token = credentials.sessionToken {
            request.query.append(("X-Amz-Security-Token", token.value))
        }
        request.query.append(("X-Amz-SignedHeaders", Self.signedHeaders(request)))
        let (signature, _) = signature(of: request, payloadSHA256: "UNSIGNED-PAYLOAD", at: time)
        request.query.append(("X-Amz-Signature", signature))
    }

    private func scope(_ time: String) -> String { "\(time.prefix(8))/\(region)/s3/aws4_request" }

    private func signature(
        of request: S3Request, payloadSHA256: String, at time: String
    ) -> (signature: String, signedHeaders: String) {
        let signed = Self.signedHeaders(request)
        let headers = request.headers.sorted { $0.key < $1.key }
            .map { "\($0.key):\($0.value)\n" }.joined()
        let canonical = [
            request.method, request.encodedPath, request.encodedQuery, headers, signed,
            payloadSHA256,
        ].joined(separator: "\n")
        let text = [
            "AWS4-HMAC-SHA256", time, scope(time),
            SHA256.hash(data: Array(canonical.utf8)).hexadecimal,
        ].joined(separator: "\n")
        let words = [String(time.prefix(8)), region, "s3", "aws4_request", text]
        let signature = words.reduce(Array("AWS4\(credentials.secretAccessKey.value)".utf8)) {
            Array(
                HMAC<SHA256>.authenticationCode(
                    for: Array($1.utf8), using: SymmetricKey(data: $0)))
        }
        return (signature.hexadecimal, signed)
    }

    private static func signedHeaders(_ request: S3Request) -> String {
        request.headers.keys.sorted().joined(separator: ";")
    }

    /// For example `20130524T000000Z`.
    static func time(_ date: Date) -> String {
        date.formatted(
            Date.ISO8601FormatStyle(
                dateSeparator: .omitted, dateTimeSeparator: .standard, timeSeparator: .omitted,
                timeZoneSeparator: .omitted, includingFractionalSeconds: false, timeZone: .gmt))
    }
}
