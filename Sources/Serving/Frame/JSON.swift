import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// JSON on the wire: snake_case keys, times in RFC 3339 with milliseconds.
enum JSON {
    static func bytes(_ value: some Encodable) -> ByteBuffer {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.rfc3339)
        }
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return ByteBuffer(bytes: try encoder.encode(value))
        } catch {
            preconditionFailure("a response cannot be encoded: \(error)")
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
                .bodyTooLarge,
                "The body must be at most \(bytesMax) bytes.")
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
                (error as? DecodingError).map(describe) ?? "The body must be valid JSON.")
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        func place(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return path.isEmpty ? "The body" : "'\(path)'"
        }
        return switch error {
        case .keyNotFound(let key, _): "'\(key.stringValue)' is missing."
        case .typeMismatch(let type, let context): "\(place(context)) must be of type \(type)."
        case .valueNotFound(_, let context): "\(place(context)) must not be null."
        case .dataCorrupted(let context):
            "\(place(context)) is invalid: \(context.debugDescription)"
        @unknown default: "The body does not match the API's description."
        }
    }
}
