import Crypto
package import Domain
import HTTPTypes
import Hummingbird
import NIOCore

/// Authenticates requests: maps them to tenants and operators.
package struct Tenants: Sendable {
    /// SHA-256 of a token → its caller. The timing of a digest lookup reveals nothing about the
    /// token.
    private let byDigest: [String: Caller]
    /// The tenant of requests without a token from this machine; `nil` to refuse them.
    private let anonymous: TenantID?

    /// - Parameters:
    ///   - tokens: lines `TENANT_UUID SHA256_OF_TOKEN_IN_HEX`, and for operators
    ///     `operator SHA256_OF_TOKEN_IN_HEX` or `operator/NAME SHA256_OF_TOKEN_IN_HEX`, where NAME
    ///     is recorded with the operator's actions; `#` begins a comment.
    /// - Throws: the number of the first invalid line and the reason.
    package init(tokens: String, anonymous: TenantID?) throws(TokenFileError) {
        var byDigest: [String: Caller] = [:]
        let lines = tokens.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let words = line.prefix { $0 != "#" }.split { $0.isWhitespace }
            if words.isEmpty { continue }
            func fault(_ reason: String) -> TokenFileError {
                TokenFileError(line: index + 1, reason: reason)
            }
            guard words.count == 2 else {
                throw fault(
                    "it must be a tenant's UUID, 'operator' or 'operator/NAME', followed by the "
                        + "SHA-256 of the token")
            }
            guard let caller = Caller(words[0]) else {
                throw fault(
                    "the first word must be a tenant's UUID, 'operator' or 'operator/NAME', with a "
                        + "NAME of at most 64 letters, digits, '.', '-' and '_'")
            }
            let digest = words[1].lowercased()
            guard digest.utf8.count == 64, digest.allSatisfy(\.isHexDigit) else {
                throw fault("the SHA-256 of the token must be 64 hex digits")
            }
            guard byDigest.updateValue(caller, forKey: digest) == nil else {
                throw fault("this token is already in an earlier line")
            }
        }
        self.byDigest = byDigest
        self.anonymous = anonymous
    }

    /// Whether every request would be refused.
    package var isEmpty: Bool { byDigest.isEmpty && anonymous == nil }

    /// The caller of a request.
    ///
    /// - Throws: a 401 problem without a valid token; a 403 problem when a request without a token
    ///   does not come from a program on this machine.
    func caller(of request: Request, from peer: SocketAddress?) throws(Problem) -> Caller {
        if let authorization = request.headers[.authorization] {
            let words = authorization.split(separator: " ")
            guard words.count == 2, words[0].lowercased() == "bearer",
                let caller = byDigest[SHA256.hash(data: Array(words[1].utf8)).hexadecimal]
            else { throw .unauthorized }
            return caller
        }
        guard let anonymous else { throw .unauthorized }
        try LocalRequest.check(request, from: peer)
        return .tenant(anonymous)
    }
}
