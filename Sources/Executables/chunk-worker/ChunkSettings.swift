import Chunker
import Operations

/// What chunks are measured in, and how large they may be.
enum ChunkSettings {
    static let ranks = Setting.text(
        "cl100k-path", "cl100k_base.tiktoken, the ranks of the tokenizer that measures chunks")
    static let isByCharacters = Setting<Bool>(
        "chunk-measure", "What chunks are measured in: tokens (cl100k) or characters",
        standard: "tokens"
    ) { text throws(SettingFault) in
        guard ["tokens", "characters"].contains(text) else {
            throw SettingFault("'\(text)' is neither tokens nor characters")
        }
        return text == "characters"
    }
    static let target = Setting.optionalNumber(
        "chunk-target",
        "What long sections are cut to, about; 176 tokens or 704 characters when none",
        in: 16...8192)
    static let max = Setting.optionalNumber(
        "chunk-max", "What no chunk exceeds; 208 tokens or 832 characters when none", in: 32...8192)
    static let overlapMax = Setting.optionalNumber(
        "chunk-overlap",
        "What a chunk repeats of the one before it, at most; 24 tokens or 96 characters when none",
        in: 0...2048)
    static let joinMax = Setting.optionalNumber(
        "chunk-join",
        "Up to what size short sections share a chunk; 96 tokens or 384 characters when none",
        in: 0...8192)

    static var declared: [any SettingDeclaration] {
        [isByCharacters, target, max, overlapMax, joinMax, ranks]
    }

    static func chunker(_ settings: Settings) throws(ChunkerError) -> MarkdownChunker {
        let measure: ChunkMeasure =
            settings[isByCharacters]
            ? .characters : .tokens(try Cl100kTokenizer(ranksPath: settings[ranks]))
        let standard = measure.standardLimits
        return MarkdownChunker(
            by: measure,
            limits: try ChunkLimits(
                target: settings[target] ?? standard.target, max: settings[max] ?? standard.max,
                overlapMax: settings[overlapMax] ?? standard.overlapMax,
                joinMax: settings[joinMax] ?? standard.joinMax))
    }
}
