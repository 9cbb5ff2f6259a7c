import Domain
import HTTPTypes
package import Hummingbird
import NIOCore

/// A refusal as a problem document (RFC 9457).
package struct Problem: Error, Sendable {
    package let status: HTTPResponse.Status
    /// The text of a `ProblemCode` or a `FailureCode`. Programs branch on it.
    package let code: String
    /// One sentence for a person; never contains document text.
    package let detail: String
    package var headers: HTTPFields = [:]

    /// - Parameter status: `nil` for the status of the code.
    package init(_ code: ProblemCode, status: HTTPResponse.Status? = nil, _ detail: String) {
        self.status = status ?? code.status
        self.code = code.rawValue
        self.detail = detail
    }

    /// The refusal that reports a failure of the pipeline.
    init(_ failure: FailureCode, status: HTTPResponse.Status, _ detail: String) {
        self.status = status
        code = failure.rawValue
        self.detail = detail
    }

    func retry(afterSeconds seconds: Int) -> Problem {
        var problem = self
        problem.headers[.retryAfter] = "\(seconds)"
        return problem
    }

    private struct Body: Encodable {
        let type = "about:blank"
        let title: String
        let status: Int
        let detail: String
        let code: String
        let requestId: String
    }

    /// - Parameter requestID: the request's id in the log.
    func response(requestID: String) -> Response {
        Response(
            status: status, headers: fields(requestID: requestID),
            body: ResponseBody(byteBuffer: body(requestID: requestID)))
    }

    func fields(requestID: String) -> HTTPFields {
        var fields = headers
        fields[.contentType] = "application/problem+json"
        fields[.requestID] = requestID
        return fields
    }

    func body(requestID: String) -> ByteBuffer {
        JSON.bytes(
            Body(
                title: status.reasonPhrase, status: status.code, detail: detail, code: code,
                requestId: requestID))
    }
}

extension Problem {
    /// What a path names by its id.
    enum Resource: String {
        case document, job, upload
        case deadLetter = "dead letter"
    }

    static func notFound(_ resource: Resource) -> Problem {
        let code: ProblemCode =
            switch resource {
            case .deadLetter: .deadLetterNotFound
            case .document: .documentNotFound
            case .job: .jobNotFound
            case .upload: .uploadNotFound
            }
        return Problem(code, "This \(resource.rawValue) does not exist.")
    }

    static var unauthorized: Problem {
        var problem = Problem(
            .unauthorized,
            "The request has no valid token. Send one as 'Authorization: Bearer TOKEN'.")
        problem.headers[.wwwAuthenticate] = "Bearer"
        return problem
    }

    static let malformedBody = Problem(
        .malformedBody,
        "The body ended early, or its framing is invalid. Send it again.")
}
