package import Domain

import Glibc

/// A model that this program can compute.
package enum LocalModel: String, CaseIterable, Sendable {
    case miniLM = "minilm"
    case multilingualE5Small = "multilingual-e5-small"

    /// A file of a model, pinned by digest. Other weights or another vocabulary would be another
    /// embedding space.
    struct File {
        let name: String
        let sha256: String
    }

    /// The model's name in its embedding space.
    package var fullName: String {
        switch self {
        case .miniLM: "all-MiniLM-L6-v2"
        case .multilingualE5Small: "multilingual-e5-small"
        }
    }

    var weights: File {
        switch self {
        case .miniLM:
            File(
                name: "model.safetensors",
                sha256: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db")
        case .multilingualE5Small:
            File(
                name: "e5-small-q4.bin",
                sha256: "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f")
        }
    }

    /// The file of the vocabulary; `nil` if it is in the file of the weights.
    var vocabulary: File? {
        switch self {
        case .miniLM:
            File(
                name: "vocab.txt",
                sha256: "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3")
        case .multilingualE5Small: nil
        }
    }

    /// Must be raised when tokens, windows, prefixes or pooling change, to create a new embedding
    /// space.
    private var revision: Int { 1 }

    package var space: EmbeddingSpace {
        EmbeddingSpace(
            model: fullName, version: "\(weights.sha256.prefix(12))-\(revision)",
            width: Transformer.width)
    }

    /// Whether any file of the model exists. A missing second file then counts as damage, not as
    /// absence.
    func isPresent(in directory: String) -> Bool {
        [weights, vocabulary].compactMap { $0 }.contains {
            access("\(directory)/\($0.name)", F_OK) == 0
        }
    }
}
