/// The scalar properties that the tokenizer and the chunker need, one byte per scalar.
struct ScalarClasses: @unchecked Sendable {
    // Sendable: the table is filled once, before it is shared, and never changed or freed.
    private let table: UnsafePointer<UInt8>

    /// Unicode general category L.
    static let letter: UInt8 = 1
    /// Unicode general category N.
    static let number: UInt8 = 2
    /// Unicode property White_Space.
    static let blank: UInt8 = 4
    /// Shares a grapheme with the scalar before it, as a combining mark does.
    static let extender: UInt8 = 8

    static let shared = ScalarClasses()

    /// Planes 4 and up contain no letters, numbers or blanks; plane 14 contains extenders.
    private static let tableSize: UInt32 = 0x40000

    private init() {
        let size = Self.tableSize
        let table = UnsafeMutablePointer<UInt8>.allocate(capacity: Int(size))
        var value: UInt32 = 0
        while value < size {
            table[Int(value)] = Unicode.Scalar(value).map(Self.classify) ?? 0
            value += 1
        }
        self.table = UnsafePointer(table)
    }

    @inline(__always)
    subscript(_ value: UInt32) -> UInt8 {
        value < Self.tableSize ? table[Int(value)] : value >> 16 == 14 ? Self.extender : 0
    }

    /// The class of the scalar that begins at `i`, and its length in bytes. Malformed UTF-8 is read
    /// without going past `limit`.
    @inline(__always)
    func read(_ bytes: UnsafePointer<UInt8>, from i: Int, to limit: Int) -> (UInt8, Int) {
        let first = bytes[i]
        if first < 0x80 { return (table[Int(first)], 1) }
        return readWide(bytes, from: i, to: limit)
    }

    private func readWide(
        _ bytes: UnsafePointer<UInt8>, from i: Int, to limit: Int
    ) -> (UInt8, Int) {
        let first = UInt32(bytes[i])
        let length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard i + length <= limit, length > 1 else { return (0, 1) }
        var value = first & (0x7F >> UInt32(length))
        var k = 1
        while k < length {
            value = value << 6 | UInt32(bytes[i + k] & 0x3F)
            k += 1
        }
        return (self[value], length)
    }

    /// The version of Unicode by which tiktoken classifies letters and numbers.
    private static let unicodeMajor = 16

    private static func classify(_ scalar: Unicode.Scalar) -> UInt8 {
        let properties = scalar.properties
        let isKnown = (properties.age?.major ?? .max) <= unicodeMajor
        let category = isKnown ? properties.generalCategory : .unassigned
        var result: UInt8 = 0
        switch category {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            result = letter
        case .decimalNumber, .letterNumber, .otherNumber:
            result = number
        case .nonspacingMark, .enclosingMark, .spacingMark:
            result = extender
        default:
            break
        }
        if properties.isWhitespace { result |= blank }
        if properties.isGraphemeExtend || extends(scalar.value) { result |= extender }
        return result
    }

    /// Extenders by segmentation rule alone: the zero-width joiner, emoji modifiers, and the Thai
    /// and Lao vowel AM.
    private static func extends(_ value: UInt32) -> Bool {
        switch value {
        case 0x200D, 0x1F3FB...0x1F3FF, 0x0E33, 0x0EB3: true
        default: false
        }
    }
}
