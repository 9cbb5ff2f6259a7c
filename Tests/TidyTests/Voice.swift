/// Turns of phrase that read like a translation, and how often a text uses them.
///
/// The list follows CONTRIBUTING.md: components do not talk, actors have names, things are where
/// they are, and a sentence does not hang on an archaic hinge.
enum Voice: String, CaseIterable {
    case talking = "a machine that tells or hears"
    case unnamed = "an actor without a name"
    case lying = "a thing that lies, stands or bears"
    case mending = "mend, tend"
    case hinges = "an archaic hinge"

    /// Uses per thousand lines that a kind of text may have.
    static let limit = 2.0

    private var words: Set<String> {
        switch self {
        case .talking: ["tell", "tells", "told", "telling", "hear", "hears", "heard", "hearing"]
        case .unnamed: ["whoever", "whatever", "nobody", "somebody", "whosoever"]
        case .lying: ["lies", "lie", "lay", "stands", "stand", "stood", "bears", "bear", "borne"]
        case .mending: ["mend", "mends", "mended", "mending", "tended", "tending"]
        case .hinges: ["thereby", "therein", "whereupon"]
        }
    }

    private var phrases: [[String]] {
        switch self {
        case .hinges:
            [
                ["all", "the", "same"], ["for", "ever"], ["but", "for"], ["that", "are", "none"],
                ["that", "is", "none"], ["turned", "out", "to", "be", "none"], ["is", "not", "of"],
            ]
        case .unnamed: [["who", "comes"], ["who", "claims"]]
        default: []
        }
    }

    /// How often a line uses this turn.
    func count(in line: String) -> Int {
        let found = line.lowercased().split { !$0.isLetter && $0 != "'" }.map(String.init)
        var count = found.count { words.contains($0) }
        for phrase in phrases where found.count >= phrase.count {
            for start in 0...(found.count - phrase.count)
            where Array(found[start..<start + phrase.count]) == phrase {
                count += 1
            }
        }
        return count
    }
}
