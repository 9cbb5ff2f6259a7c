/// Maps a token's bytes to its rank: an immutable hash table with open addressing.
///
/// Sendable: all memory is written during construction and only read afterwards.
final class RankTable: @unchecked Sendable {
    static let none = UInt32.max

    /// Twelve bytes; the table has 150,000 slots.
    private struct Slot {
        /// The low half of the key.
        var low: UInt32
        /// The key's high half for tokens of up to 8 bytes; for longer ones, the offset of their
        /// bytes in `arena`.
        var high: UInt32
        /// Rank in the low 24 bits, length in the high 8; all ones when free.
        var rankAndLength: UInt32
    }

    private let slots: UnsafeMutablePointer<Slot>
    private let capacity: Int
    private let arena: UnsafeMutablePointer<UInt8>
    private var arenaCount = 0
    private(set) var count = 0
    private(set) var longest = 0

    /// Allocates room for `tokensMax` tokens with `bytesMax` bytes in total.
    init(tokensMax: Int, bytesMax: Int) {
        capacity = tokensMax * 3 / 2 + 1
        slots = .allocate(capacity: capacity)
        slots.initialize(
            repeating: Slot(low: 0, high: 0, rankAndLength: Self.none), count: capacity)
        arena = .allocate(capacity: bytesMax)
    }

    deinit {
        slots.deallocate()
        arena.deallocate()
    }

    /// Adds a token during construction. `length` must be in 1...254 and `rank` below 2^24.
    func insert(_ bytes: UnsafePointer<UInt8>, _ length: Int, rank: UInt32) {
        let key = Self.key(bytes, length)
        var slot = place(key, length)
        while slots[slot].rankAndLength != Self.none { slot = next(slot) }
        slots[slot] = Slot(
            low: UInt32(truncatingIfNeeded: key),
            high: length > 8 ? UInt32(arenaCount) : UInt32(key >> 32),
            rankAndLength: rank | UInt32(length) << 24)
        if length > 8 {
            (arena + arenaCount).update(from: bytes, count: length)
            arenaCount += length
        }
        count += 1
        longest = max(longest, length)
    }

    /// The rank of exactly these bytes, or `none`.
    @inline(__always)
    func rank(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> UInt32 {
        if length > longest { return Self.none }
        let key = Self.key(bytes, length)
        let (low, high) = (UInt32(truncatingIfNeeded: key), UInt32(key >> 32))
        var slot = place(key, length)
        while true {
            let found = slots[slot]
            if found.rankAndLength == Self.none { return Self.none }
            if found.low == low, Int(found.rankAndLength >> 24) == length,
                length <= 8
                    ? found.high == high : equal(bytes, arena + Int(found.high), length: length)
            {
                return found.rankAndLength & 0xFF_FFFF
            }
            slot = next(slot)
        }
    }

    @inline(__always)
    private static func key(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
        let raw = UnsafeRawPointer(bytes)
        if length > 8 { return hash(raw, length) }
        if length >= 4 {
            let head = raw.loadUnaligned(as: UInt32.self)
            let tail = raw.loadUnaligned(fromByteOffset: length - 4, as: UInt32.self)
            return UInt64(head) | UInt64(tail) << 32
        }
        return UInt64(bytes[0]) | UInt64(bytes[length >> 1]) << 8
            | UInt64(bytes[length - 1]) << 16
    }

    private static func hash(_ raw: UnsafeRawPointer, _ length: Int) -> UInt64 {
        var hash = raw.loadUnaligned(fromByteOffset: length - 8, as: UInt64.self)
        var i = 0
        while i + 8 <= length {
            hash =
                (hash ^ raw.loadUnaligned(fromByteOffset: i, as: UInt64.self))
                &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash &>> 29
            i += 8
        }
        return hash
    }

    /// The slot at which the search for a key begins.
    @inline(__always)
    private func place(_ key: UInt64, _ length: Int) -> Int {
        let mixed =
            (key ^ UInt64(truncatingIfNeeded: length) &<< 56)
            &* 0xD6E8_FEB8_6659_FD93
        return Int(truncatingIfNeeded: ((mixed &>> 32) &* UInt64(capacity)) &>> 32)
    }

    @inline(__always)
    private func next(_ slot: Int) -> Int { slot + 1 == capacity ? 0 : slot + 1 }

    @inline(__always)
    private func equal(
        _ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, length: Int
    ) -> Bool {
        var i = 0
        while i < length {
            if a[i] != b[i] { return false }
            i += 1
        }
        return true
    }
}
