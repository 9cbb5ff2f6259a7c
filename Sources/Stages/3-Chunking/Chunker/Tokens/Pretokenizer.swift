/// Splits text into the pieces of cl100k_base. Bytes are merged within a piece, never across two.
///
/// A hand-written implementation of the pattern:
/// `'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+|`
/// ` ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s`
///
/// It never looks behind, so the pieces from any start depend only on what follows. It looks ahead
/// only to find the end of a run, so all pieces except the last survive a cut after a non-blank.
struct Pretokenizer: Sendable {
    let classes = ScalarClasses.shared

    private static let word = ScalarClasses.letter | ScalarClasses.number

    /// The end of the piece that begins at `i`; `limit` counts as the end of the text.
    @inline(__always)
    func pieceEnd(_ bytes: UnsafePointer<UInt8>, from i: Int, to limit: Int) -> Int {
        let first = bytes[i]
        let (kind, length) = classes.read(bytes, from: i, to: limit)
        if kind & ScalarClasses.letter != 0 {
            return lettersEnd(bytes, from: i + length, to: limit)
        }
        if kind & ScalarClasses.number != 0 { return numbersEnd(bytes, from: i, to: limit) }
        if first == 0x27 {
            let end = contractionEnd(bytes, from: i, to: limit)
            if end > i { return end }
        }
        let second = i + length
        if second < limit {
            let (next, nextLength) = classes.read(bytes, from: second, to: limit)
            if next & ScalarClasses.letter != 0, first != 10, first != 13 {
                return lettersEnd(bytes, from: second + nextLength, to: limit)
            }
            if first == 0x20, next & (Self.word | ScalarClasses.blank) == 0 {
                return symbolsEnd(bytes, from: second + nextLength, to: limit)
            }
        }
        return kind & ScalarClasses.blank == 0
            ? symbolsEnd(bytes, from: second, to: limit) : blanksEnd(bytes, from: i, to: limit)
    }

    @inline(__always)
    private func lettersEnd(_ bytes: UnsafePointer<UInt8>, from i: Int, to limit: Int) -> Int {
        var j = i
        while j < limit {
            let (kind, length) = classes.read(bytes, from: j, to: limit)
            if kind & ScalarClasses.letter == 0 { break }
            j += length
        }
        return j
    }

    private func numbersEnd(_ bytes: UnsafePointer<UInt8>, from i: Int, to limit: Int) -> Int {
        var j = i
        var digits = 0
        while j < limit, digits < 3 {
            let (kind, length) = classes.read(bytes, from: j, to: limit)
            if kind & ScalarClasses.number == 0 { break }
            j += length
            digits += 1
        }
        return j
    }

    private func symbolsEnd(_ bytes: UnsafePointer<UInt8>, from i: Int, to limit: Int) -> Int {
        var j = i
        while j < limit {
            let (kind, length) = classes.read(bytes, from: j, to: limit)
            if kind & (Self.word | ScalarClasses.blank) != 0 { break }
            j += length
        }
        while j < limit, bytes[j] == 10 || bytes[j] == 13 { j += 1 }
        return j
    }

    /// The end of the run after its last newline. Without a newline, all except the last blank,
    /// which opens the next piece. At the end of the text, the whole run.
    private func blanksEnd(_ bytes: UnsafePointer<UInt8>, from i: Int, to limit: Int) -> Int {
        var j = i
        var newlineEnd = i
        var last = i
        while j < limit {
            let (kind, length) = classes.read(bytes, from: j, to: limit)
            if kind & ScalarClasses.blank == 0 { break }
            last = j
            j += length
            if bytes[last] == 10 || bytes[last] == 13 { newlineEnd = j }
        }
        if j == limit { return j }
        if newlineEnd > i { return newlineEnd }
        return last > i ? last : j
    }

    /// The end of 's 'd 'm 't 'll 've 're in any case (the long s folds to s), or `i`.
    private func contractionEnd(_ bytes: UnsafePointer<UInt8>, from i: Int, to limit: Int) -> Int {
        guard i + 1 < limit else { return i }
        switch bytes[i + 1] | 0x20 {
        case 0x73, 0x64, 0x6D, 0x74: return i + 2
        default: break
        }
        guard i + 2 < limit else { return i }
        switch (bytes[i + 1] | 0x20, bytes[i + 2] | 0x20) {
        case (0x6C, 0x6C), (0x76, 0x65), (0x72, 0x65): return i + 3
        default: return bytes[i + 1] == 0xC5 && bytes[i + 2] == 0xBF ? i + 3 : i
        }
    }
}
