import FoundationEssentials

/// What tiktoken says of texts of many kinds; see Fixtures/make_goldens.py.
struct Goldens: Decodable {
    struct Text: Decodable {
        var text: String
        var tokens: [UInt32]
    }

    struct Run: Decodable {
        var unit: String
        var count: Int
        var tokens: [UInt32]
    }

    /// 4096 scalars of Unicode from `start` on.
    struct Block: Decodable {
        var start: UInt32
        var tokens: Int
        var fnv1a: String

        /// Each scalar where it shows whether it is a letter, a number or neither.
        var text: String {
            (start..<start + 4096).compactMap(Unicode.Scalar.init)
                .map { "\($0)_J\($0)123 " }.joined()
        }
    }

    var texts: [Text]
    var runs: [Run]
    var blocks: [Block]

    static func load() throws -> Goldens {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/cl100k_goldens.json")
        return try JSONDecoder().decode(Goldens.self, from: Data(contentsOf: file))
    }

    static func fnv1a(_ tokens: [UInt32]) -> String {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for token in tokens {
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                value = (value ^ UInt64(token >> shift & 0xFF)) &* 0x100_0000_01B3
            }
        }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
