import Concurrency
import HTTPTypes
import NIOCore

/// Detects that the client of a connection has left, so that its work can stop.
///
/// A client that closes its half of the connection counts as gone. Unlike Hummingbird's own
/// `consumeWithCancellationOnInboundClose`, this keeps the connection open for the next request.
final class PeerWatch: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = NIOAny

    let hasLeft = StopSignal()

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { hasLeft.raise() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        hasLeft.raise()
        context.fireChannelInactive()
    }
}

extension ServingContext {
    /// Runs `body` and cancels it when the client leaves.
    func whileConnected<R: Sendable>(
        _ body: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        let watch: PeerWatch
        do {
            watch = try await channel.pipeline.handler(type: PeerWatch.self).get()
        } catch {
            throw Problem.clientLeft
        }
        let outcome = await watch.hasLeft.cancelling { () async -> Result<R, any Error> in
            do {
                return .success(try await body())
            } catch {
                return .failure(error)
            }
        }
        if watch.hasLeft.isRaised { throw Problem.clientLeft }
        return try outcome.get()
    }
}

extension Problem {
    /// For logs and metrics only: no client is left to read it. 499 is the code that nginx uses.
    fileprivate static let clientLeft = Problem(
        .clientLeft,
        "The client closed the connection.")
}
