import Crypto
package import Domain
import HTTPTypes
import Hummingbird
import NIOCore

/// Authenticates requests and maps them to tenants.
package struct Tenants: Sendable {
    /// SHA-256 of a token → tenant. The timing of a digest lookup reveals nothing about the token.
    private let byDigest: [String: TenantID]
    /// The tenant of requests without a token from this machine; `nil` to refuse them.
    private let anonymous: TenantID?

    /// - Parameters:
    ///   - tokens: lines `TENANT_UUID SHA256_OF_TOKEN_IN_HEX`; `#` begins a comment.
    /// - Throws: the number of the first invalid line and the reason.
    package init(tokens: String, anonymous: TenantID?) throws(TokenFileError) {
        var byDigest: [String: TenantID] = [:]
        let lines = tokens.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let words = line.prefix { $0 != "#" }.split { $0.isWhitespace }
            if words.isEmpty { continue }
            guard words.count == 2 else {
                throw TokenFileError(
                    line: index + 1,
                    reason: "it must be a tenant's UUID and the SHA-256 of its token")
            }
            guard let tenant = TenantID(words[0]) else {
                throw TokenFileError(line: index + 1, reason: "'\(words[0])' is not a UUID")
            }
            let digest = words[1].lowercased()
            guard digest.utf8.count == 64, digest.allSatisfy(\.isHexDigit) else {
                throw TokenFileError(
                    line: index + 1, reason: "the SHA-256 of the token must be 64 hex digits")
            }
            guard byDigest.updateValue(tenant, forKey: digest) == nil else {
                throw TokenFileError(
                    line: index + 1, reason: "this token is already in an earlier line")
            }
        }
        self.byDigest = byDigest
        self.anonymous = anonymous
    }

    /// Whether every request would be refused.
    package var isEmpty: Bool { byDigest.isEmpty && anonymous == nil }

    /// The tenant of a request.
    ///
    /// - Throws: a 401 problem without a valid token; a 403 problem when a request without a token
    ///   does not come from a program on this machine.
    func tenant(of request: Request, from peer: SocketAddress?) throws(Problem) -> TenantID {
        if let authorization = request.headers[.authorization] {
            let words = authorization.split(separator: " ")
            guard words.count == 2, words[0].lowercased() == "bearer",
                let tenant = byDigest[SHA256.hash(data: Array(words[1].utf8)).hexadecimal]
            else { throw .unauthorized }
            return tenant
        }
        guard let anonymous else { throw .unauthorized }
        try LocalRequest.check(request, from: peer)
        return anonymous
    }
}
