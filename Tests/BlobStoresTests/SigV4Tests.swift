import FoundationEssentials
import Pipeline
import ProviderHTTP
import Testing

@testable import BlobStores

/// The examples that AWS publishes.
///
/// - Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html and
///   sigv4-query-string-auth.html
@Suite struct SigV4Tests {
    private let signer = SigV4(
        credentials: S3Credentials(
            accessKeyID: "AKIAIOSFODNN7EXAMPLE",
            secretAccessKey: APIKey("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")),
        region: "us-east-1")
    /// 2013-05-24T00:00:00Z
    private let date = Date(timeIntervalSince1970: 1_369_353_600)
    private static let host = "examplebucket.s3.amazonaws.com"

    private static let examples: [(S3Request, payload: String, signature: String)] = [
        (
            S3Request(
                method: "GET", path: "/test.txt",
                headers: ["host": host, "range": "bytes=0-9"]), SigV4.emptySHA256,
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        ),
        (
            S3Request(
                method: "PUT", path: "/test$file.text",
                headers: [
                    "host": host, "date": "Fri, 24 May 2013 00:00:00 GMT",
                    "x-amz-storage-class": "REDUCED_REDUNDANCY",
                ]), "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
        ),
        (
            S3Request(
                method: "GET", path: "/", query: [("lifecycle", "")], headers: ["host": host]),
            SigV4.emptySHA256, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
        ),
        (
            S3Request(
                method: "GET", path: "/", query: [("prefix", "J"), ("max-keys", "2")],
                headers: ["host": host]), SigV4.emptySHA256,
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        ),
    ]

    @Test(arguments: 0..<4) func `a request is signed as AWS signs it`(index: Int) {
        var (request, payload, signature) = Self.examples[index]
        signer.sign(&request, payloadSHA256: payload, at: date)
        #expect(
            request.headers["authorization"]
                == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
                + "aws4_request,SignedHeaders="
                + request.headers.keys.filter { $0 != "authorization" }.sorted()
                .joined(separator: ";") + ",Signature=\(signature)")
    }

    @Test func `a URL is signed as AWS signs it`() {
        var request = S3Request(method: "GET", path: "/test.txt", headers: ["host": Self.host])
        signer.presign(&request, lifetime: .seconds(86400), at: date)
        #expect(
            request.target == "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
                + "AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date="
                + "20130524T000000Z&X-Amz-Expires=86400&X-Amz-Signature="
                + "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
                + "&X-Amz-SignedHeaders=host")
    }

    @Test(arguments: [
        ("https://s3.eu-central-1.amazonaws.com", "https://s3.eu-central-1.amazonaws.com", "/b/k"),
        ("https://x.supabase.co/storage/v1/s3/", "https://x.supabase.co", "/storage/v1/s3/b/k"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000", "/b/k"),
        ("http://minio:80", "http://minio", "/b/k"),
        ("https://minio:443/", "https://minio", "/b/k"),
    ])
    func `an endpoint may have a path and a port`(endpoint: String, origin: String, path: String) {
        let client = S3Client(
            S3Configuration(
                endpoint: endpoint, bucket: "b", region: "r", credentials: signer.credentials,
                scratch: "/tmp"), http: ProviderClient.shared, timing: .machine)
        let request = client.request("PUT", "k")
        #expect(request.path == path)
        #expect(
            "http://\(request.headers["host"] ?? "")".hasSuffix(origin.split(separator: "/")[1]))
    }
}
