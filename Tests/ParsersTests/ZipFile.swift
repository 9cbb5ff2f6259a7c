/// Builds ZIP archives for tests. Entries are stored, or contain ready-made deflate data.
struct ZipFile {
    private var body: [UInt8] = []
    private var directory: [UInt8] = []
    private var count = 0

    /// An Office package with these parts and the mandatory list of content types.
    static func package(_ parts: [(String, String)]) -> [UInt8] {
        var zip = ZipFile()
        zip.add("[Content_Types].xml", Array("<Types/>".utf8))
        for (name, text) in parts { zip.add(name, Array(text.utf8)) }
        return zip.bytes
    }

    mutating func add(_ name: String, _ content: [UInt8]) {
        add(name, content, method: 0, size: content.count, crc: Self.crc(content))
    }

    /// - Parameters:
    ///   - data: raw deflate data.
    ///   - size: the unpacked size that the entry declares.
    mutating func add(_ name: String, deflated data: [UInt8], size: Int) {
        add(name, data, method: 8, size: size, crc: 0)
    }

    private mutating func add(
        _ name: String, _ data: [UInt8], method: Int, size: Int, crc: UInt32
    ) {
        let offset = body.count
        let common =
            le(20, 2) + le(0, 2) + le(method, 2) + le(0, 2) + le(0x21, 2) + le(Int(crc), 4)
            + le(data.count, 4) + le(size, 4) + le(name.utf8.count, 2) + le(0, 2)
        body += le(0x0403_4b50, 4) + common + name.utf8 + data
        directory += le(0x0201_4b50, 4) + le(20, 2) + common + le(0, 2) + le(0, 2) + le(0, 2)
        directory += le(0, 4) + le(offset, 4) + name.utf8
        count += 1
    }

    var bytes: [UInt8] {
        let entries = min(count, 0xffff)
        let end =
            le(0x0605_4b50, 4) + le(0, 4) + le(entries, 2) + le(entries, 2)
            + le(directory.count, 4) + le(body.count, 4) + le(0, 2)
        return body + directory + end
    }

    /// Deflate data that unpacks to about `size` blanks: one literal, then copies of 258.
    static func deflatedBlanks(_ size: Int) -> [UInt8] {
        var bits = BitWriter()
        bits.write(0b011, 3)  // The last block, fixed codes.
        bits.writeCode(0x30 + 0x20, 8)
        for _ in 0..<(size / 258) {
            bits.writeCode(0b1100_0101, 8)  // Length 258,
            bits.writeCode(0, 5)  // from one byte back.
        }
        bits.writeCode(0, 7)
        return bits.finished
    }

    private func le(_ value: Int, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in
            value & 1 == 1 ? 0xedb8_8320 ^ (value >> 1) : value >> 1
        }
    }

    static func crc(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { Self.table[Int(($0 ^ UInt32($1)) & 0xff)] ^ ($0 >> 8) }
    }
}

private struct BitWriter {
    private var bytes: [UInt8] = []
    private var current: UInt64 = 0
    private var filled = 0

    /// Writes bits, least significant first.
    mutating func write(_ value: Int, _ width: Int) {
        current |= UInt64(value) << UInt64(filled)
        filled += width
        while filled >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: current))
            current >>= 8
            filled -= 8
        }
    }

    /// Writes a Huffman code, most significant bit first.
    mutating func writeCode(_ code: Int, _ width: Int) {
        for bit in (0..<width).reversed() { write(code >> bit & 1, 1) }
    }

    var finished: [UInt8] { filled > 0 ? bytes + [UInt8(truncatingIfNeeded: current)] : bytes }
}
