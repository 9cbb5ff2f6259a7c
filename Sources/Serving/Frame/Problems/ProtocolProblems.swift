import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

import struct FoundationEssentials.UUID

/// Refuses a request that cannot be parsed as HTTP with a problem document, like any other refusal.
///
/// Hummingbird responds to such a request with an empty 400 before any middleware sees it, then
/// closes the connection. This handler replaces that response.
final class ProtocolProblems: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Maximum bytes of the URI, and of all header fields together.
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
                .headTooLarge,
                """
                The URI must be at most \(headBytesMax) bytes. There must be at most \(fieldsMax) \
                header fields, of at most \(headBytesMax) bytes together.
                """)
        default:
            Problem(
                .malformedRequest,
                "The request is not valid HTTP: \(error.debugDescription).")
        }
    }
}
