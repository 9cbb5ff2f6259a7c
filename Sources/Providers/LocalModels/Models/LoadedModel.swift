import CLocalModels

/// A model in memory, and how texts are presented to it.
struct LoadedModel: Sendable {
    let transformer: Transformer
    let tokenizer: any Tokenizer
    /// What surrounds a text of a document.
    let passage: TokenFrame
    /// What surrounds a query.
    let query: TokenFrame
}

extension LocalModel {
    /// Opens and verifies the model's files. The digest of the weights takes about 0.3 s.
    func load(from directory: String) throws(LocalModelError) -> LoadedModel {
        var vocabularyText: [UInt8] = []
        if let vocabulary {
            let file = try InstalledFile(path: "\(directory)/\(vocabulary.name)")
            try file.verify(sha256: vocabulary.sha256) { vocabularyText.append(contentsOf: $0) }
        }
        let file = try InstalledFile(path: "\(directory)/\(weights.name)")
        try file.verify(sha256: weights.sha256)
        switch self {
        case .miniLM: return try Self.miniLM(file, vocabularyText)
        case .multilingualE5Small: return try Self.e5(file)
        }
    }

    private static func miniLM(
        _ file: borrowing InstalledFile, _ vocabulary: [UInt8]
    ) throws(LocalModelError) -> LoadedModel {
        // [CLS], [SEP], and the longest sequence that the model was trained for.
        let frame = TokenFrame(start: [101], end: [102], sequenceMax: 256)
        return LoadedModel(
            transformer: try Transformer(file, transformer_open_minilm),
            tokenizer: WordPieceTokenizer(Vocabulary(vocabulary)), passage: frame, query: frame)
    }

    /// The model was trained with a prefix for queries and another for passages.
    private static func e5(
        _ file: borrowing InstalledFile
    ) throws(LocalModelError) -> LoadedModel {
        let tokenizer = try UnigramTokenizer(file)
        let frame = { (prefix: String) in
            // <s>, the prefix, </s>
            TokenFrame(start: [0] + tokenizer.tokens(of: prefix).ids, end: [2], sequenceMax: 512)
        }
        return LoadedModel(
            transformer: try Transformer(file, transformer_open_e5), tokenizer: tokenizer,
            passage: frame("passage: "), query: frame("query: "))
    }
}
