package import FoundationEssentials

extension UUID {
    /// A UUID of version 7 (RFC 9562, section 5.7): milliseconds since 1970, then 74 random bits.
    ///
    /// For row keys: rows created at the same time share the same index pages, however many older
    /// rows exist. Not for tokens that must be unguessable.
    package static func timeOrdered(milliseconds: UInt64? = nil) -> UUID {
        let now = milliseconds ?? UInt64(max(0, Date().timeIntervalSince1970) * 1000)
        var generator = SystemRandomNumberGenerator()
        let high = now << 16 | 0x7000 | generator.next() & 0x0FFF
        let low = 1 << 63 | generator.next() & (.max >> 2)
        return withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) {
            UUID(uuid: $0.loadUnaligned(as: uuid_t.self))
        }
    }

    /// The time in a UUID of version 7; `nil` for other versions.
    package var timeOrderedDate: Date? {
        withUnsafeBytes(of: uuid) { bytes in
            guard bytes[6] >> 4 == 7 else { return nil }
            let milliseconds = bytes[..<6].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        }
    }
}
