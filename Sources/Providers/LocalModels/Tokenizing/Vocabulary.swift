/// The model's word pieces. The id of a piece is its line number, from 0.
struct Vocabulary: Sendable {
    /// Pieces that begin a word.
    let beginnings: PieceTable
    /// Pieces that continue a word, without their leading "##".
    let continuations: PieceTable

    /// - Parameter text: the vocabulary file, one piece per line.
    init(_ text: [UInt8]) {
        var beginnings = PieceTable()
        var continuations = PieceTable()
        var id: Int32 = 0
        for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if line.count > 2, line.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "#")]) {
                continuations.insert(line.dropFirst(2), id: id)
            } else if !line.isEmpty {
                beginnings.insert(line, id: id)
            }
            id += 1
        }
        self.beginnings = beginnings
        self.continuations = continuations
    }
}

/// A hash table from bytes to ids, with all keys in one array.
struct PieceTable: Sendable {
    private struct Entry {
        var start: Int
        var count: Int
        var id: Int32
    }

    private var keys: [UInt8] = []
    private var entries: [Entry] = []
    /// Indices into `entries`, -1 if free. The count is a power of two, at most a third in use.
    private var slots = [Int32](repeating: -1, count: 1 << 17)
    /// Length of the longest piece in bytes.
    private(set) var longest = 0

    private static func hash(_ bytes: Span<UInt8>) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in bytes.indices { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01b3 }
        return Int(truncatingIfNeeded: (hash ^ hash >> 29) & 0x7fff_ffff)
    }

    mutating func insert(_ piece: ArraySlice<UInt8>, id: Int32) {
        var slot = Self.hash(piece.span) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(entries.count)
        entries.append(Entry(start: keys.count, count: piece.count, id: id))
        keys += piece
        longest = max(longest, piece.count)
    }

    /// The id of exactly these bytes.
    func id(of bytes: Span<UInt8>) -> Int32? {
        var slot = Self.hash(bytes) & (slots.count - 1)
        while slots[slot] >= 0 {
            let entry = entries[Int(slots[slot])]
            if entry.count == bytes.count, matches(entry, bytes) { return entry.id }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private func matches(_ entry: Entry, _ bytes: Span<UInt8>) -> Bool {
        for index in bytes.indices where keys[entry.start + index] != bytes[index] {
            return false
        }
        return true
    }
}
