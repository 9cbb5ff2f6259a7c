import Dispatch
import Glibc
import Testing

/// A connection that sends what a well-behaved client would not. Closed with its last reference.
final class RawConnection: Sendable {
    private let descriptor: Int32
    /// Reading blocks, so it runs on its own thread.
    private let reading = DispatchQueue(label: "raw-connection")

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(connected == 0)
    }

    deinit { close(descriptor) }

    func send(_ text: String) throws {
        let count = text.withCString { write(descriptor, $0, strlen($0)) }
        try #require(count == text.utf8.count)
    }

    /// Reads until the end of a JSON object, or of the connection.
    func receive() async -> String {
        await withCheckedContinuation { continuation in
            reading.async { continuation.resume(returning: self.read()) }
        }
    }

    private func read() -> String {
        var answer: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4096)
        while !String(decoding: answer, as: UTF8.self).contains("}") {
            let count = Glibc.read(descriptor, &block, block.count)
            guard count > 0 else { break }
            answer += block.prefix(count)
        }
        return String(decoding: answer, as: UTF8.self)
    }

    func talk(_ text: String) async throws -> String {
        try send(text)
        return await receive()
    }
}
