import Crypto
import Domain
import FoundationEssentials

/// The published rank file of cl100k_base. Each line is a token: base64 bytes, a space, the rank.
enum RankFile {
    static let sha256 = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"
    private static let tokens = 100_256

    /// Reads the file, checks that it is the pinned one and builds the table.
    static func load(_ path: String) throws(ChunkerError) -> RankTable {
        let file: [UInt8]
        do {
            file = try [UInt8](Data(contentsOf: URL(filePath: path)))
        } catch {
            throw .ranksUnreadable(path: path, reason: String(describing: error))
        }
        let found = SHA256.hash(data: file).hexadecimal
        guard found == sha256 else {
            throw .ranksMismatch(path: path, expectedSHA256: sha256, foundSHA256: found)
        }
        let table = RankTable(tokensMax: tokens, bytesMax: file.count)
        let badLine = file.withUnsafeBufferPointer { fill(table, from: $0) }
        if let badLine { throw .ranksMalformed(path: path, line: badLine) }
        return table
    }

    /// Fills the table; returns the 1-based number of the first malformed line, if there is one.
    private static func fill(_ table: RankTable, from file: UnsafeBufferPointer<UInt8>) -> Int? {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { token in
            var i = 0
            var line = 1
            while i < file.count {
                let length = decode(file, &i, into: token)
                guard length > 0, i < file.count, file[i] == 0x20,
                    let base = token.baseAddress
                else { return line }
                i += 1
                var rank: UInt32 = 0
                let digits = i
                while i < file.count, file[i] >= 0x30, file[i] <= 0x39, i - digits < 7 {
                    rank = rank * 10 + UInt32(file[i] - 0x30)
                    i += 1
                }
                guard i > digits, i == file.count || file[i] == 10 else { return line }
                table.insert(base, length, rank: rank)
                i += 1
                line += 1
            }
            return table.count == tokens ? nil : line
        }
    }

    /// Decodes base64 at `i` and moves past it. Returns the bytes written; 0 when none or too many.
    private static func decode(
        _ file: UnsafeBufferPointer<UInt8>, _ i: inout Int,
        into token: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        var bits: UInt32 = 0
        var held = 0
        var length = 0
        while i < file.count, let six = value(file[i]) {
            bits = (bits << 6 | six) & 0xFFFF
            held += 6
            if held >= 8 {
                held -= 8
                guard length < 254 else { return 0 }
                token[length] = UInt8(truncatingIfNeeded: bits >> UInt32(held))
                length += 1
            }
            i += 1
        }
        while i < file.count, file[i] == 0x3D { i += 1 }
        return length
    }

    private static func value(_ digit: UInt8) -> UInt32? {
        switch digit {
        case 0x41...0x5A: UInt32(digit - 0x41)
        case 0x61...0x7A: UInt32(digit - 0x61) + 26
        case 0x30...0x39: UInt32(digit - 0x30) + 52
        case 0x2B: 62
        case 0x2F: 63
        default: nil
        }
    }
}
