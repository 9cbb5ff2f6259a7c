/// What the size of a chunk is told in.
package enum ChunkMeasure: Sendable {
    /// Exact cl100k_base tokens, by which models bound and bill their input.
    case tokens(Cl100kTokenizer)
    /// Unicode scalars, as Python's `len` counts them: several times faster, and no model's own.
    case characters

    /// What chunks are cut to unless told otherwise.
    package var standardLimits: ChunkLimits {
        switch self {
        case .tokens: .tokens
        case .characters: .characters
        }
    }

    var chunkerName: String {
        switch self {
        case .tokens: "markdown-cl100k"
        case .characters: "markdown-characters"
        }
    }
}
