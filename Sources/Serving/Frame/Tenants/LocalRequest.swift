import HTTPTypes
import Hummingbird
import NIOCore

/// Checks that a request without a token comes from a program on this machine.
///
/// The loopback address alone does not prove it. A web page can send requests to 127.0.0.1
/// (`Origin`, `Sec-Fetch-Site`), even under its own host name (DNS rebinding: `Host`). Behind a
/// proxy every request comes from the loopback address. A proxy that sends none of its usual
/// headers cannot be detected: with a proxy, do not set an anonymous tenant.
enum LocalRequest {
    private static let proxyHeaders = [
        "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP",
    ].map { HTTPField.Name($0)! }
    private static let origin = HTTPField.Name("Origin")!
    private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")!

    static func check(_ request: Request, from peer: SocketAddress?) throws(Problem) {
        guard let address = peer?.ipAddress, isLoopback(address),
            !proxyHeaders.contains(where: { request.headers[$0] != nil })
        else { throw .unauthorized }
        guard let host = request.head.authority, isLoopback(Self.host(of: host)) else {
            throw refusal("'Host' must be localhost or a loopback address.")
        }
        if let site = request.headers[fetchSite], !["same-origin", "none"].contains(site) {
            throw refusal("'Sec-Fetch-Site' names a page of another site.")
        }
        if let origin = request.headers[Self.origin], !isLocalOrigin(origin) {
            throw refusal("'Origin' names a page of another site.")
        }
    }

    private static func refusal(_ reason: String) -> Problem {
        Problem(
            .foreignRequest,
            "A request without a token must come from a program on this machine. \(reason) "
                + "Send a token.")
    }

    private static func isLocalOrigin(_ origin: String) -> Bool {
        for scheme in ["http://", "https://"] where origin.hasPrefix(scheme) {
            return isLoopback(host(of: String(origin.dropFirst(scheme.count))))
        }
        return false
    }

    /// The host of `host:port`; an IPv6 address is returned without its brackets.
    private static func host(of authority: String) -> String {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            return String(authority[authority.index(after: authority.startIndex)..<end])
        }
        return String(authority.prefix { $0 != ":" }).lowercased()
    }

    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        // Not a name that begins like an address, such as 127.0.0.1.evil.example.
        let address = host.hasPrefix("::ffff:") ? String(host.dropFirst(7)) : host
        let parts = address.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
