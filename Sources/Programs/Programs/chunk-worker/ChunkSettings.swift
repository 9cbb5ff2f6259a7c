import Chunker
import ProgramFrame

/// The unit in which chunks are measured, and their size limits.
enum ChunkSettings {
    enum Measure: String, CaseIterable, Sendable { case tokens, characters }

    static let measure = Setting<Measure>.choice(
        "chunk-measure", "Unit of chunk sizes: tokens (of cl100k_base) or characters",
        default: .tokens)
    static let max = Setting.number(
        "chunk-max",
        "Maximum size of a chunk. With auto, in proportion to the target, or else 208 tokens or "
            + "832 characters", or: "auto", in: 32...4096)
    static let target = Setting.number(
        "chunk-target",
        "Approximate size of the chunks of a long section, at least half of the maximum. With "
            + "auto, 176/208 of the maximum", or: "auto", in: 16...4096)
    static let overlapMax = Setting.number(
        "chunk-overlap",
        "Maximum size of the text that a chunk repeats of the chunk before, at most a quarter of "
            + "the maximum. With auto, 24/208 of the maximum",
        or: "auto", in: 0...1024)
    static let joinMax = Setting.number(
        "chunk-join",
        "Size up to which adjacent short sections share a chunk, at most the target. With auto, "
            + "96/208 of the maximum", or: "auto", in: 0...4096)
    static let ranks = Setting.optionalText(
        "cl100k-path",
        "Path of cl100k_base.tiktoken, the ranks of the tokenizer; required for --chunk-measure "
            + "tokens")

    static var declared: [any SettingDeclaration] {
        [measure, max, target, overlapMax, joinMax, ranks]
    }

    /// - Throws: `SettingFault` if tokens are chosen without their ranks; `ChunkerError`.
    static func chunker(_ settings: Settings) throws -> MarkdownChunker {
        let measure = try chunkMeasure(settings)
        let defaults = measure.defaultLimits
        // Missing values keep their default proportion to the given ones.
        let max =
            settings[max]
            ?? settings[target].map { min(4096, $0 * defaults.max / defaults.target) }
            ?? defaults.max
        func inProportion(_ size: Int) -> Int { size * max / defaults.max }
        return MarkdownChunker(
            by: measure,
            limits: try ChunkLimits(
                target: settings[target] ?? inProportion(defaults.target), max: max,
                overlapMax: settings[overlapMax] ?? inProportion(defaults.overlapMax),
                joinMax: settings[joinMax] ?? inProportion(defaults.joinMax)))
    }

    private static func chunkMeasure(_ settings: Settings) throws -> ChunkMeasure {
        switch settings[measure] {
        case .characters: return .characters
        case .tokens:
            guard let path = settings[ranks] else {
                throw SettingFault(
                    "\(ranks.flag) (\(ranks.variable)) is required for --chunk-measure tokens")
            }
            return .tokens(try Cl100kTokenizer(ranksPath: path))
        }
    }
}
