import HTTPTypes
import Hummingbird
import NIOCore

extension MockEmbeddings {
    /// The response for a fault that needs no computed result; `nil` for other faults.
    static func refusal(by fault: MockFault) -> Response? {
        switch fault {
        case .rateLimit:
            return MockRefusal(
                .tooManyRequests, "Rate limit reached.", type: "requests",
                code: "rate_limit_exceeded",
                headers: [
                    .init("retry-after-ms")!: "50", .retryAfter: "1",
                    .init("x-ratelimit-remaining-requests")!: "0",
                    .init("x-ratelimit-reset-requests")!: "50ms",
                ]
            ).response
        case .quota:
            return MockRefusal(
                .tooManyRequests, "You exceeded your current quota.", type: "insufficient_quota",
                code: "insufficient_quota"
            ).response
        case .overloaded:
            return MockRefusal(
                .serviceUnavailable, "The engine is currently overloaded.", type: "server_error",
                code: "server_is_overloaded"
            ).response
        case .serverError:
            return Response(
                status: .internalServerError, body: .init(byteBuffer: ByteBuffer(string: "oops")))
        case .garbage:
            return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "<html>")))
        case .hang, .stall, .reset, .short, .reordered, .repeatedIndex, .wrongWidth, .notANumber,
            .zeros:
            return nil
        }
    }
}
