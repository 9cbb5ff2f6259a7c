import Domain
import FoundationEssentials

/// The body of `POST /embeddings`.
struct EmbeddingsRequest: Encodable {
    var model: String
    var input: [String]
    /// Base64 takes a third of the bytes of decimal numbers.
    var encoding_format = "base64"
    var dimensions: Int?
}

/// The response to `POST /embeddings`.
struct EmbeddingsResponse: Decodable {
    struct Item: Decodable {
        var index: Int
        var embedding: Vector
    }

    struct Usage: Decodable {
        var prompt_tokens: Int?
        var total_tokens: Int?
    }

    /// A list of numbers, or the base64 of little-endian float32. Servers that do not support
    /// base64 return numbers regardless of `encoding_format`.
    struct Vector: Decodable {
        var numbers: [Float]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            guard let text = try? container.decode(String.self) else {
                numbers = try container.decode([Float].self)
                return
            }
            guard let data = Data(base64Encoded: text), data.count % 4 == 0 else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "not base64 of float32 numbers")
            }
            numbers = data.withUnsafeBytes { bytes in
                (0..<bytes.count / 4).map { index in
                    Float(
                        bitPattern: UInt32(
                            littleEndian: bytes.loadUnaligned(
                                fromByteOffset: index * 4, as: UInt32.self)))
                }
            }
        }
    }

    var data: [Item]
    var usage: Usage?

    /// The usage in a response whose vectors cannot be read.
    static func usage(in body: [UInt8]) -> Usage? {
        struct Bill: Decodable { var usage: Usage? }
        return (try? JSONDecoder().decode(Bill.self, from: Data(body)))?.usage
    }

    /// The vectors in the order of the texts, regardless of the order in the response.
    ///
    /// - Throws: a transient failure if the response is not one nonzero vector of `width` finite
    ///   numbers for each of `count` texts. Discards such a response entirely, because it may
    ///   belong to another request.
    func vectors(count: Int, width: Int) throws(JobFailure) -> [[Float]] {
        guard data.count == count else {
            throw .transient(
                .embedder(.vectorCount),
                "the server returned \(data.count) vectors for \(count) texts")
        }
        var vectors = [[Float]?](repeating: nil, count: count)
        for item in data {
            guard vectors.indices.contains(item.index), vectors[item.index] == nil else {
                throw .transient(
                    .embedder(.vectorIndex),
                    "the server returned index \(item.index) twice, or out of range")
            }
            let numbers = item.embedding.numbers
            guard numbers.count == width else {
                throw .transient(
                    .embedder(.vectorWidth),
                    "the server returned \(numbers.count) components, not \(width)")
            }
            guard numbers.allSatisfy(\.isFinite) else {
                throw .transient(.embedder(.vectorNotFinite), "the server returned NaN or infinity")
            }
            guard let stored = numbers.storedUnitVector else {
                throw .transient(.embedder(.vectorZero), "the server returned a vector of zeros")
            }
            vectors[item.index] = stored
        }
        return vectors.compactMap { $0 }
    }
}

/// The body of an error response.
struct ErrorResponse: Decodable {
    struct Detail: Decodable {
        var message: String?
        var type: String?
        var code: String?

        private enum Key: CodingKey { case message, type, code }

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                message = text
                return
            }
            let container = try decoder.container(keyedBy: Key.self)
            message = try? container.decode(String.self, forKey: .message)
            type = try? container.decode(String.self, forKey: .type)
            // Some servers return a number.
            code =
                (try? container.decode(String.self, forKey: .code))
                ?? (try? container.decode(Int.self, forKey: .code)).map(String.init)
        }
    }

    var error: Detail

    static func read(_ body: [UInt8]) -> Detail? {
        (try? JSONDecoder().decode(ErrorResponse.self, from: Data(body)))?.error
    }
}
