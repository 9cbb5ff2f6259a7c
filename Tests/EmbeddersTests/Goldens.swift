import FoundationEssentials
import TestSupport
import Testing

@testable import Embedders

/// What the reference implementations say; `Fixtures/make_goldens.py` made it.
struct Goldens: Decodable {
    struct Sample: Decodable, CustomTestStringConvertible {
        let name: String
        let text: String
        /// Without [CLS] and [SEP].
        let tokens: [Int32]
        /// Lengths of the sequences, with [CLS] and [SEP].
        let windows: [Int]
        /// Of length one, rounded to seven decimals.
        let vector: [Float]

        var testDescription: String { name }
    }

    /// 4096 scalars and a hash over the tokens of a text that has each of them.
    struct Block: Decodable, CustomTestStringConvertible {
        let start: UInt32
        let tokens: Int
        let fnv1a: String
        /// Inclusive ranges of the scalars on which the libraries' Unicode versions agree.
        let scalars: [[UInt32]]

        var testDescription: String { String(start, radix: 16) }
    }

    struct Hashed: Decodable, CustomTestStringConvertible {
        let text: String
        /// The numbers that are not zero, by place.
        let numbers: [String: Float]

        var testDescription: String { text }
    }

    let texts: [Sample]
    let blocks: [Block]
    let stems: [String: String]
    let hashed: [Hashed]

    static let all: Goldens = {
        let file = Runtime.repository + "/Tests/EmbeddersTests/Fixtures/embedding_goldens.json"
        do {
            return try JSONDecoder().decode(
                Goldens.self, from: Data(contentsOf: URL(filePath: file)))
        } catch {
            fatalError("\(file): \(error)")
        }
    }()
}

/// The model that `make install` puts in place, opened once.
enum Model {
    static let directory = Runtime.path + "/minilm"
    static let shared = Result { () throws(MiniLMError) in
        try MiniLMEmbedder(modelDirectory: directory)
    }
    static let tokenizer = Result { () throws(MiniLMError) in
        try MiniLMInstallation.open(directory).tokenizer
    }
}
