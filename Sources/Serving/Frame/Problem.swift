import Domain
import FoundationEssentials
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

extension HTTPField.Name {
    static var requestID: Self { Self("X-Request-Id")! }
    static var idempotencyKey: Self { Self("Idempotency-Key")! }
    static var contentDisposition: Self { Self("Content-Disposition")! }
}

/// JSON on the wire: snake_case keys.
enum JSON {
    static func bytes(_ value: some Encodable) -> ByteBuffer {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return ByteBuffer(bytes: try encoder.encode(value))
        } catch {
            preconditionFailure("an answer does not encode: \(error)")
        }
    }

    static func response(
        _ value: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: bytes(value)))
    }

    /// Reads a body of at most `bytesMax`.
    static func decode<Value: Decodable>(
        _ type: Value.Type, from request: Request, bytesMax: Int
    ) async throws -> Value {
        let buffer: ByteBuffer
        do {
            buffer = try await request.body.collect(upTo: bytesMax)
        } catch is NIOTooManyBytesError {
            throw Problem(
                .bodyTooLarge, "The body must be at most \(bytesMax) bytes.")
        } catch let error as CancellationError {
            throw error
        } catch {
            throw Problem.malformedBody
        }
        return try decode(type, from: buffer)
    }

    static func decode<Value: Decodable>(
        _ type: Value.Type, from buffer: ByteBuffer
    ) throws(Problem) -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode(type, from: Data(buffer.readableBytesView))
        } catch {
            throw Problem(
                .malformedJSON,
                (error as? DecodingError).map(describe) ?? "The body is no JSON.")
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        func place(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return path.isEmpty ? "the body" : "'\(path)'"
        }
        return switch error {
        case .keyNotFound(let key, _): "'\(key.stringValue)' is missing."
        case .typeMismatch(_, let context): "\(place(context)) is of another type than it should."
        case .valueNotFound(_, let context): "\(place(context)) is null."
        case .dataCorrupted(let context):
            "\(place(context)) is not valid: "
                + context.debugDescription
        @unknown default: "The body is not the JSON it should be."
        }
    }
}
