import Crypto

import Glibc

/// A function of CLocalModels that opens a file's contents. Returns `nil` on failure, after it has
/// written the reason into the buffer.
typealias ModelOpener = (Int32, UnsafeMutablePointer<CChar>?, Int) -> OpaquePointer?

/// A file open for reading. The descriptor is closed on deinit.
struct InstalledFile: ~Copyable {
    let path: String
    let descriptor: Int32

    private static let pieceBytes = 1 << 20

    init(path: String) throws(LocalModelError) {
        self.path = path
        descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.unreadable(path) }
    }

    deinit { close(descriptor) }

    /// Reads the whole file and checks its SHA-256, piece by piece.
    ///
    /// - Parameter visit: receives each piece, before the digest has been verified.
    func verify(
        sha256 expected: String, visit: (UnsafeRawBufferPointer) -> Void = { _ in }
    ) throws(LocalModelError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.pieceBytes, alignment: 64)
        defer { buffer.deallocate() }
        var hash = SHA256()
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.unreadable(path) }
            guard count > 0 else { break }
            let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            hash.update(bufferPointer: piece)
            visit(piece)
        }
        let found = Self.hex(hash.finalize())
        guard found == expected else {
            throw .wrongDigest(path: path, expected: expected, found: found)
        }
    }

    /// Opens what the file contains by a function of CLocalModels.
    func open(_ open: ModelOpener) throws(LocalModelError) -> OpaquePointer {
        var reason = [CChar](repeating: 0, count: 256)
        guard let pointer = open(descriptor, &reason, reason.count) else {
            let text = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw .malformed(path: path, reason: String(decoding: text, as: UTF8.self))
        }
        return pointer
    }

    private static func hex(_ digest: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".unicodeScalars)
        var text = String.UnicodeScalarView()
        for byte in digest {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(text)
    }

    private static func unreadable(_ path: String) -> LocalModelError {
        .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
}
