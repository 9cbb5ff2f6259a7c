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

    var encodedPath: String { Self.encode(path, keeping: "/") }

    /// In the order that is signed: by encoded names, then values.
    var encodedQuery: String {
        query.map { (Self.encode($0.name), Self.encode($0.value)) }.sorted { $0 < $1 }
            .map { "\($0)=\($1)" }.joined(separator: "&")
    }

    var target: String { query.isEmpty ? encodedPath : "\(encodedPath)?\(encodedQuery)" }

    /// Percent-encodes everything except the unreserved characters of RFC 3986 and `kept`.
    private static func encode(_ text: String, keeping kept: String = "") -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            case _ where kept.utf8.contains(byte):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }
}

/// A byte range of a file and its SHA-256, in hex.
struct FilePart: Sendable, Equatable {
    var offset: Int
    var length: Int
    var sha256: String
}
