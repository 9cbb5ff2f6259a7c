import Hummingbird
import HTTPTypes
import NIOCore

/// An error response in OpenAI's format.
struct MockRefusal: Error {
    let response: Response

    private struct Body: Encodable {
        var error: Detail

        struct Detail: Encodable {
            var message: String
            var type: String
            var param: String?
            var code: String?
        }
    }

    init(
        _ status: HTTPResponse.Status, _ message: String, type: String, code: String?,
        headers: HTTPFields = [:]
    ) {
        response = MockJSON.response(
            Body(error: .init(message: message, type: type, param: nil, code: code)),
            status: status, headers: headers)
    }

    static func invalid(_ message: String) -> MockRefusal {
        MockRefusal(.badRequest, message, type: "invalid_request_error", code: nil)
    }

    /// Does not respond while the client is connected, for up to ten minutes.
    static func hang(_ request: Request) async throws -> Response {
        try await request.body.consumeWithCancellationOnInboundClose { body in
            _ = try await body.collect(upTo: 32 << 20)
            try await Task.sleep(for: .seconds(600))
            return Response(status: .gatewayTimeout)
        }
    }

    /// Begins a response and sends one blank every 20 ms until the client disconnects.
    static func stall() -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(contentLength: 1 << 20) { writer in
                for _ in 0..<(1 << 20) {
                    try await writer.write(ByteBuffer(string: " "))
                    try await Task.sleep(for: .milliseconds(20))
                }
                try await writer.finish(nil)
            })
    }

    private struct Broken: Error {}

    /// Closes the connection after the first bytes of the response.
    static func broken(_ response: Response) -> Response {
        var broken = response
        broken.body = ResponseBody(contentLength: 4096) { writer in
            try await writer.write(ByteBuffer(string: #"{"object": "list", "data": ["#))
            throw Broken()
        }
        return broken
    }
}
