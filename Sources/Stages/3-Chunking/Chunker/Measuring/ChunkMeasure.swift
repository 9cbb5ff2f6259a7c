/// The unit in which chunk sizes are measured.
package enum ChunkMeasure: Sendable {
    /// Exact cl100k_base tokens, in which models limit and bill their input.
    case tokens(Cl100kTokenizer)
    /// Unicode scalars, as Python's `len` counts them: several times faster, but no model's unit.
    case characters

    /// The default limits.
    package var defaultLimits: ChunkLimits {
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
