import NIOCore
import NIOPosix

/// A proxy for librdkafka's mock cluster that holds each fetch until there is data, as Kafka does.
///
/// The mock cluster responds to an empty fetch only after the fetch's whole wait, even if a message
/// arrives in the meantime. A consumer would have to fetch hundreds of times per second to receive
/// a message at once. The gate relays all connections. It holds a fetch that repeats the last one
/// until its wait has passed, or until a write to one of its topics is acknowledged (or sent, for a
/// write without acknowledgement). Then the mock cluster responds to it without waiting.
///
/// Requests behind a held fetch wait too, because Kafka responds to the requests of a connection in
/// order.
final class FetchGate: Sendable {
    private let group: MultiThreadedEventLoopGroup

    /// Accepts connections on a listening socket and takes ownership of it.
    ///
    /// - Parameter mockPort: the loopback port of the mock cluster.
    init(listener: CInt, mockPort: Int) throws {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let writes = NIOLoopBoundBox.makeBoxSendingValue(TopicWrites(), eventLoop: loop)
        let bootstrap = ServerBootstrap(group: group)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { client in
                ClientBootstrap(group: loop)
                    .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .connect(host: "127.0.0.1", port: mockPort)
                    .flatMapThrowing { mock in
                        let relay = Relay(client: client, mock: mock, writes: writes.value)
                        try client.pipeline.syncOperations.addHandler(
                            RelaySide(relay, receive: relay.receiveFromClient))
                        try mock.pipeline.syncOperations.addHandler(
                            RelaySide(relay, receive: relay.receiveFromMock))
                    }
            }
        do {
            _ = try bootstrap.withBoundSocket(listener).wait()
        } catch {
            stop()
            throw error
        }
    }

    /// Closes all connections. Blocks for a few milliseconds.
    func stop() {
        // Fails only when the group is already shut down.
        try? group.syncShutdownGracefully()
    }
}

/// One connection of a relay. Passes received bytes to the relay, and closes it at the end.
private final class RelaySide: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let relay: Relay
    private let receive: (ByteBuffer) -> Void

    init(_ relay: Relay, receive: @escaping (ByteBuffer) -> Void) {
        self.relay = relay
        self.receive = receive
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        receive(unwrapInboundIn(data))
    }

    func channelInactive(context: ChannelHandlerContext) { relay.close() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { relay.close() }
}
