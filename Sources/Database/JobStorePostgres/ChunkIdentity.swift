import Crypto
import Domain
import FoundationEssentials

/// A chunk's id: UUIDv5 (RFC 9562) in Millrace's namespace, of
/// `{document_id}:{chunker_name}:{chunker_version}:{chunk_ord}`, lower case.
enum ChunkIdentity {
    private static let namespace = UUID(
        uuid: (
            0x6c, 0x8a, 0x1e, 0x6e, 0x1f, 0x0b, 0x4a, 0xa8, 0x9f, 0x0a, 0x1a, 0x7c, 0x2e, 0x6f,
            0x2b, 0x42
        ))

    static func id(_ document: DocumentID, _ chunker: ChunkerIdentity, ord: Int) -> UUID {
        let name = "\(document):\(chunker.name):\(chunker.version):\(ord)".lowercased()
        var hash = Insecure.SHA1()
        withUnsafeBytes(of: namespace.uuid) { hash.update(bufferPointer: $0) }
        hash.update(data: Array(name.utf8))
        var bytes = Array(hash.finalize().prefix(16))
        bytes[6] = bytes[6] & 0x0f | 0x50
        bytes[8] = bytes[8] & 0x3f | 0x80
        return bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }
}
