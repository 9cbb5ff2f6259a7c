import Domain
import FoundationEssentials

/// Parses the XML responses of S3, as far as they are needed.
///
/// - Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
enum S3Answers {
    /// A page of objects, and the token of the next page.
    struct Listing {
        var objects: [(key: String, lastModified: String)]
        /// `nil` on the last page.
        var nextPage: String?
    }

    /// A multipart upload that has not been completed.
    struct BegunUpload {
        var key: String
        var id: String
        var begun: String
    }

    /// The code in an error response.
    static func code(_ body: [UInt8]) throws(JobFailure) -> String {
        try text("Code", of: read(body))
    }

    /// The id of a newly created multipart upload.
    static func uploadID(_ body: [UInt8]) throws(JobFailure) -> String {
        try text("UploadId", of: read(body))
    }

    /// Throws unless a multipart upload was completed. S3 may send status 200 before the outcome is
    /// known and report a failure in the body.
    static func checkCompletion(_ body: [UInt8]) throws(JobFailure) {
        _ = try text("ETag", of: read(body))
    }

    static func listing(_ body: [UInt8]) throws(JobFailure) -> Listing {
        let result = try read(body)
        var objects: [(key: String, lastModified: String)] = []
        for object in result.all("Contents") {
            objects.append((try text("Key", of: object), try text("LastModified", of: object)))
        }
        let isTruncated = try text("IsTruncated", of: result) == "true"
        return Listing(
            objects: objects,
            nextPage: isTruncated ? try text("NextContinuationToken", of: result) : nil)
    }

    static func begunUploads(_ body: [UInt8]) throws(JobFailure) -> [BegunUpload] {
        let result = try read(body)
        var uploads: [BegunUpload] = []
        for upload in result.all("Upload") {
            uploads.append(
                BegunUpload(
                    key: try text("Key", of: upload), id: try text("UploadId", of: upload),
                    begun: try text("Initiated", of: upload)))
        }
        return uploads
    }

    /// Parses a time of S3, with or without fractions, to seconds since 1970.
    static func seconds(_ text: String) -> Double? {
        Date(iso8601: text)?.timeIntervalSince1970
    }

    private static func read(_ body: [UInt8]) throws(JobFailure) -> XMLElement {
        do {
            return try XMLElement(parsing: body)
        } catch {
            throw unreadable("is not well-formed")
        }
    }

    private static func text(
        _ name: String, of element: XMLElement
    ) throws(JobFailure) -> String {
        guard let text = element[name] else {
            throw unreadable("has a \(element.name) without \(name)")
        }
        return text
    }

    private static func unreadable(_ reason: String) -> JobFailure {
        .transient(.storage(.blobUnavailable), "the response of the object storage \(reason)")
    }
}
