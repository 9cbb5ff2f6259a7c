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

    /// Reads a body of at most `bytesMax`. The coding keys of `type` are the names on the wire, so
    /// that a refusal names a field as the client wrote it.
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

    private static func decode<Value: Decodable>(
        _ type: Value.Type, from buffer: ByteBuffer
    ) throws(Problem) -> Value {
        let body = Data(buffer.readableBytesView)
        do {
            return try JSONDecoder().decode(type, from: body)
        } catch {
            throw Problem(.malformedJSON, BodyFault(error, in: body).description)
        }
    }
}
