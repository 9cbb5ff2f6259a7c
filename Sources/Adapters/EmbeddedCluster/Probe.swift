import Glibc

/// Asks a program of this machine how it is, by HTTP, within two seconds.
package enum Probe {
    /// The status code of a GET on 127.0.0.1; `nil` when there is no answer.
    package static func status(port: Int, path: String) -> Int? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 2, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        guard withLoopbackAddress(port, { connect(descriptor, $0, $1) }) == 0 else { return nil }
        let request = "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n"
        let sent = request.utf8CString.withUnsafeBytes {
            send(descriptor, $0.baseAddress, $0.count - 1, Int32(MSG_NOSIGNAL))
        }
        guard sent == request.utf8.count else { return nil }
        var buffer = [UInt8](repeating: 0, count: 64)
        var length = 0
        // "HTTP/1.1 200" is all that is wanted.
        while length < 12 {
            let got = buffer.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress! + length, $0.count - length, 0)
            }
            guard got > 0 else { return nil }
            length += got
        }
        return Int(String(decoding: buffer[9..<12], as: UTF8.self))
    }
}
