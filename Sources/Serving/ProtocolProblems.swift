import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

import struct FoundationEssentials.UUID

/// Gives the answer to a request that is no HTTP a body that says why, as every other refusal has.
///
/// Hummingbird answers such a request with an empty 400 before any middleware sees it, and closes the
/// connection.
final class ProtocolProblems: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Bytes of a request's first line, and of its header fields together.
    static let headBytesMax = 32 * 1024
    static let fieldsMax = 200

    private var problem: Problem?

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError { problem = Self.problem(error) }
        context.fireErrorCaught(error)
    }

    func write(
        context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
        guard let problem, case .head(let head) = unwrapOutboundIn(data),
            head.status == .badRequest, head.headerFields[.contentLength] == "0"
        else { return context.write(data, promise: promise) }
        let requestID = UUID().uuidString.lowercased()
        let body = problem.body(requestID: requestID)
        var fields = problem.fields(requestID: requestID)
        fields[.contentLength] = "\(body.readableBytes)"
        fields[.connection] = "close"
        ResponseHeaders.complete(&fields)
        context.write(
            wrapOutboundOut(.head(HTTPResponse(status: problem.status, headerFields: fields))),
            promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: promise)
    }

    private static func problem(_ error: HTTPParserError) -> Problem {
        switch error {
        case .headerOverflow:
            Problem(
                .requestHeaderFieldsTooLarge, "head_too_large",
                """
                The URI may have at most \(headBytesMax) bytes, and so may the header fields \
                together, of which there may be at most \(fieldsMax).
                """)
        default:
            Problem(
                .badRequest, "malformed_request",
                "The request is not valid HTTP: \(error.debugDescription).")
        }
    }
}
