import Chunker
import ProgramFrame

/// The unit in which chunks are measured, and their size limits.
enum ChunkSettings {
    enum Measure: String, CaseIterable, Sendable { case tokens, characters }

    static let measure = Setting<Measure>.choice(
        "chunk-measure", "What chunks are measured in: tokens (of cl100k) or characters",
        standard: .tokens)
    static let max = Setting.optionalNumber(
        "chunk-max",
        "What no chunk exceeds; left out, 208 tokens or 832 characters, or what suits the target",
        in: 32...4096)
    static let target = Setting.optionalNumber(
        "chunk-target",
        "What long sections are cut to, about, at least half the maximum; left out, 176 of 208",
        in: 16...4096)
    static let overlapMax = Setting.optionalNumber(
        "chunk-overlap",
        "What a chunk repeats of the one before it, at most, and a quarter of the maximum at most; "
            + "left out, 24 of 208", in: 0...1024)
    static let joinMax = Setting.optionalNumber(
        "chunk-join",
        "Up to what size short sections share a chunk, at most the target; left out, 96 of 208",
        in: 0...4096)
    static let ranks = Setting.optionalText(
        "cl100k-path",
        "cl100k_base.tiktoken, the ranks of the tokenizer; needed for --chunk-measure tokens")

    static var declared: [any SettingDeclaration] {
        [measure, max, target, overlapMax, joinMax, ranks]
    }

    /// - Throws: `SettingFault` if tokens are chosen without their ranks; `ChunkerError`.
    static func chunker(_ settings: Settings) throws -> MarkdownChunker {
        let measure = try chunkMeasure(settings)
        let standard = measure.standardLimits
        // Missing values keep their default proportion to the given ones.
        let max =
            settings[max]
            ?? settings[target].map { min(4096, $0 * standard.max / standard.target) }
            ?? standard.max
        func inProportion(_ size: Int) -> Int { size * max / standard.max }
        return MarkdownChunker(
            by: measure,
            limits: try ChunkLimits(
                target: settings[target] ?? inProportion(standard.target), max: max,
                overlapMax: settings[overlapMax] ?? inProportion(standard.overlapMax),
                joinMax: settings[joinMax] ?? inProportion(standard.joinMax)))
    }

    private static func chunkMeasure(_ settings: Settings) throws -> ChunkMeasure {
        switch settings[measure] {
        case .characters: return .characters
        case .tokens:
            guard let path = settings[ranks] else {
                throw SettingFault(
                    "\(ranks.flag) (\(ranks.variable)) is needed for --chunk-measure tokens")
            }
            return .tokens(try Cl100kTokenizer(ranksPath: path))
        }
    }
}
