import Domain

import Glibc

/// The model's two files, pinned by digest. Other weights or another vocabulary would be another
/// embedding space.
enum MiniLMInstallation {
    static let weights = "model.safetensors"
    static let weightsSHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    static let vocabulary = "vocab.txt"
    static let vocabularySHA256 =
        "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"

    /// Must be raised when tokens, windows or pooling change, to create a new embedding space.
    static let revision = 1

    static let space = EmbeddingSpace(
        model: "all-MiniLM-L6-v2", version: "\(weightsSHA256.prefix(12))-\(revision)", width: 384)

    /// Whether either file exists. A missing second file then counts as damage, not as absence.
    static func isPresent(in directory: String) -> Bool {
        [weights, vocabulary].contains { access("\(directory)/\($0)", F_OK) == 0 }
    }

    /// Opens and verifies both files. The digest of the weights takes about 0.3 s.
    static func open(
        _ directory: String
    ) throws(MiniLMError) -> (model: MiniLMModel, tokenizer: WordPieceTokenizer) {
        let vocabularyFile = try InstalledFile(path: "\(directory)/\(vocabulary)")
        var text: [UInt8] = []
        try vocabularyFile.verify(sha256: vocabularySHA256) { text.append(contentsOf: $0) }
        let weightsFile = try InstalledFile(path: "\(directory)/\(weights)")
        try weightsFile.verify(sha256: weightsSHA256)
        let model = try MiniLMModel(weightsFile)
        return (model, WordPieceTokenizer(Vocabulary(text)))
    }
}
