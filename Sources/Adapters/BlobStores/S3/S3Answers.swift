import Domain
import FoundationEssentials
import XMLCoder

/// What S3 answers in XML, as far as it is needed.
///
/// - Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
enum S3Answers {
    struct Refusal: Decodable {
        var Code: String
    }

    struct Upload: Decodable {
        var UploadId: String
    }

    struct Completion: Decodable {
        var ETag: String
    }

    struct Listing: Decodable {
        struct Object: Decodable {
            var Key: String
            var LastModified: String
        }
        var Contents: [Object]?
        var IsTruncated: Bool
        var NextContinuationToken: String?
    }

    struct Uploads: Decodable {
        struct Begun: Decodable {
            var Key: String
            var UploadId: String
            var Initiated: String
        }
        var Upload: [Begun]?
    }

    static func read<Answer: Decodable>(
        _ type: Answer.Type, _ body: [UInt8]
    ) throws(StageFailure) -> Answer {
        do {
            return try XMLDecoder().decode(type, from: Data(body))
        } catch {
            throw .transient("blob_unavailable", "the storage's answer cannot be read")
        }
    }

    /// Seconds since 1970 of a time as S3 writes it, with or without fractions.
    static func seconds(_ text: String) -> Double? {
        for fractional in [true, false] {
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: fractional)
            if let date = try? style.parse(text) { return date.timeIntervalSince1970 }
        }
        return nil
    }
}
