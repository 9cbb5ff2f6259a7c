import NIOCore
import NIOPosix
import Synchronization

/// The network between a program and a server, which can be cut.
///
/// Listens on a port of its own and carries bytes both ways. Of a server that accepts connections
/// and says nothing no client can tell whether it is slow, frozen or gone.
package final class NetworkLink: Sendable {
    private struct State {
        var isCut = false
        var ends: [ObjectIdentifier: any Channel] = [:]
    }

    private let state = Mutex(State())
    private let listener = Mutex<(any Channel)?>(nil)
    private static let group = MultiThreadedEventLoopGroup.singleton

    package init() {}

    /// Begins to carry bytes to a server on this machine; returns the port to connect to.
    package func open(to port: Int) async throws -> Int {
        let channel = try await ServerBootstrap(group: Self.group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { near in
                ClientBootstrap(group: near.eventLoop)
                    .connect(host: "127.0.0.1", port: port)
                    .flatMapThrowing { far in
                        try near.pipeline.syncOperations.addHandler(Carrier(to: far))
                        try far.pipeline.syncOperations.addHandler(Carrier(to: near))
                        self.join(near)
                        self.join(far)
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        listener.withLock { $0 = channel }
        return channel.localAddress?.port ?? 0
    }

    /// From now on nothing arrives, in either direction; nobody is told.
    package func cut() { setCut(true) }

    /// What was held back arrives, and all that comes.
    package func mend() { setCut(false) }

    /// Ends all connections, as a machine does that came back without its memory.
    package func sever() {
        for channel in state.withLock({ Array($0.ends.values) }) { channel.close(promise: nil) }
    }

    package func close() async throws {
        sever()
        try await listener.withLock { $0.take() }?.close()
    }

    private func setCut(_ isCut: Bool) {
        let ends = state.withLock { state in
            state.isCut = isCut
            return Array(state.ends.values)
        }
        for channel in ends { flow(channel, !isCut) }
    }

    private func join(_ channel: any Channel) {
        let isCut = state.withLock { state in
            state.ends[ObjectIdentifier(channel)] = channel
            return state.isCut
        }
        channel.closeFuture.whenComplete { _ in
            self.state.withLock { _ = $0.ends.removeValue(forKey: ObjectIdentifier(channel)) }
        }
        if isCut { flow(channel, false) }
    }

    private func flow(_ channel: any Channel, _ flows: Bool) {
        channel.setOption(.autoRead, value: flows).whenFailure { _ in channel.close(promise: nil) }
    }
}

/// Passes on what one end reads to the other.
private final class Carrier: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel

    init(to other: any Channel) { self.other = other }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        other.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
