import NIOCore
import NIOPosix
import Synchronization

/// The network between a program and a server, which can be cut.
///
/// Listens on its own port and forwards bytes both ways. While cut, it accepts connections and
/// stays silent, so a client cannot distinguish a slow, a frozen and a dead server.
package final class NetworkLink: Sendable {
    private struct State {
        var isCut = false
        var ends: [ObjectIdentifier: any Channel] = [:]
    }

    private let state = Mutex(State())
    private let listener = Mutex<(any Channel)?>(nil)
    private static let group = MultiThreadedEventLoopGroup.singleton

    package init() {}

    /// Starts to forward bytes to a server on this machine. Returns the port to connect to.
    package func open(to port: Int) async throws -> Int {
        let channel = try await ServerBootstrap(group: Self.group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { near in
                ClientBootstrap(group: near.eventLoop)
                    .connect(host: "127.0.0.1", port: port)
                    .flatMapThrowing { far in
                        try near.pipeline.syncOperations.addHandler(ByteForwarder(to: far))
                        try far.pipeline.syncOperations.addHandler(ByteForwarder(to: near))
                        self.join(near)
                        self.join(far)
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        listener.withLock { $0 = channel }
        return channel.localAddress?.port ?? 0
    }

    /// Stops forwarding in both directions, without closing any connection.
    package func cut() { setCut(true) }

    /// Resumes forwarding, starting with the bytes that were held back.
    package func restore() { setCut(false) }

    /// Closes all connections, as a machine does after a reboot.
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

/// Forwards the bytes that one end reads to the other.
private final class ByteForwarder: ChannelInboundHandler {
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
