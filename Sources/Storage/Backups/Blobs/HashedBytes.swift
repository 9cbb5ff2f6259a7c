import Crypto
import Domain

/// Counts and hashes bytes as they pass.
struct HashedBytes {
    private(set) var count = 0
    private var hash = SHA256()

    mutating func add(_ bytes: [UInt8]) {
        count += bytes.count
        hash.update(data: bytes)
    }

    var sha256: String { hash.finalize().hexadecimal }
}
