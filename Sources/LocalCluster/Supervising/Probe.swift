import Glibc

/// Queries a local program over HTTP. Each send or receive may take two seconds.
package enum Probe {
    /// The status code of a GET on 127.0.0.1; `nil` without a response.
    package static func status(port: Int, path: String) -> Int? {
        get(port: port, path: path)?.status
    }

    /// The response to a GET on 127.0.0.1, read up to 4 KiB in total; `nil` without a response.
    package static func get(port: Int, path: String) -> (status: Int, body: String)? {
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
        var buffer = [UInt8](repeating: 0, count: 4096)
        var length = 0
        while length < buffer.count {
            let got = buffer.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress! + length, $0.count - length, 0)
            }
            guard got > 0 else { break }
            length += got
        }
        // "HTTP/1.1 200 OK", fields, an empty line and the body.
        let answer = String(decoding: buffer[..<length], as: UTF8.self)
        guard length >= 12, let status = Int(String(decoding: buffer[9..<12], as: UTF8.self)) else {
            return nil
        }
        let fields = answer.firstRange(of: "\r\n\r\n")
        return (status, fields.map { String(answer[$0.upperBound...]) } ?? "")
    }
}
