import Crypto
import Domain

/// A request to S3 before it is signed and sent.
struct S3Request: Sendable {
    var method: String
    /// Unencoded, from the server's root.
    var path: String
    /// Unencoded.
    var query: [(name: String, value: String)] = []
    /// Names in lower case, including `host`. All are signed.
    var headers: [String: String]
    var payload = Payload.none

    enum Payload: Sendable {
        case none
        case bytes([UInt8])
        /// A part of a file, hashed while the file was written.
        case file(String, FilePart)

        var sha256: String {
            switch self {
            case .none: SigV4.emptySHA256
            case .bytes(let bytes): SHA256.hash(data: bytes).hexadecimal
            case .file(_, let part): part.sha256
            }
        }
    }

    var encodedPath: String { path.percentEncoded(keeping: "/") }

    /// In the order that is signed: by encoded names, then values.
    var encodedQuery: String {
        query.map { ($0.name.percentEncoded(), $0.value.percentEncoded()) }.sorted { $0 < $1 }
            .map { "\($0)=\($1)" }.joined(separator: "&")
    }

    var target: String { query.isEmpty ? encodedPath : "\(encodedPath)?\(encodedQuery)" }
}

/// A byte range of a file and its SHA-256, in hex.
struct FilePart: Sendable, Equatable {
    var offset: Int
    var length: Int
    var sha256: String
}
