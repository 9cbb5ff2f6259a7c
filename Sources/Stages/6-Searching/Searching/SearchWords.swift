/// The words of a query, in the parts that the index distinguishes, and limited.
///
/// The database looks up each word in the index and ranks each hit by all words, so a query of
/// thousands of words would take seconds. The syntax is that of web searches: phrases in quotes,
/// `-word` and `-"a phrase"` to exclude, `or` between alternatives. Drops words without a letter or
/// digit, and repeated phrases.
package struct SearchWords: Equatable, Sendable {
    /// Maximum number of words passed to the database; more than a long sentence has.
    static let wordsMax = 64
    /// Maximum number of repetitions of those words.
    static let repetitionsMax = 64
    /// Longer words are not indexed.
    static let wordLengthMax = 64

    /// All words that are not excluded, by which hits are ranked, separated by spaces. A word that
    /// the query repeats is repeated, because it weighs more.
    package private(set) var ranked = ""
    /// Groups of alternatives. A hit contains a phrase or word of each group. Words alone need not
    /// be contained, so a group has at least one phrase.
    package private(set) var required: [[String]] = []
    /// Phrases and words that no hit contains.
    package private(set) var excluded: [String] = []

    /// One term of a query: a word or a phrase, possibly excluded.
    private struct Term: Hashable {
        var words: [Substring]
        var isExcluded: Bool
        var isPhrase: Bool

        var text: String { words.joined(separator: " ") }
        var isWord: Bool { !isPhrase && !isExcluded }
        var isOr: Bool { isWord && words[0].lowercased() == "or" }
    }

    /// The first `wordsMax` words of a query; empty when it has no words.
    init(_ query: String) {
        var seen: Set<Term> = []
        var groups: [[Term]] = []
        var repetitions: [String] = []
        var (count, repeatedCount) = (0, 0)
        var isAfterOr = false
        for term in Self.terms(of: query) {
            if term.isOr {
                isAfterOr = !groups.isEmpty
                continue
            }
            let term = Self.shortened(term, to: Self.wordsMax - count)
            guard !term.words.isEmpty else { break }
            let subwords = term.words.reduce(0) { $0 + Self.subwords(in: $1).count }
            guard seen.insert(term).inserted else {
                repeatedCount += subwords
                if term.isWord, !isAfterOr, repeatedCount <= Self.repetitionsMax {
                    repetitions.append(term.text)
                }
                isAfterOr = false
                continue
            }
            count += subwords
            if term.isExcluded {
                excluded.append(term.text)
            } else if isAfterOr {
                groups[groups.count - 1].append(term)
            } else {
                groups.append([term])
            }
            isAfterOr = false
        }
        ranked = (groups.joined().map(\.text) + repetitions).joined(separator: " ")
        required = groups.filter { $0.contains(where: \.isPhrase) }.map { $0.map(\.text) }
    }

    private static func terms(of query: String) -> [Term] {
        var terms: [Term] = []
        // Every second piece is inside quotes. An unclosed quote does not begin a phrase.
        let pieces = query.split(separator: "\"", omittingEmptySubsequences: false)
        for (index, piece) in pieces.enumerated() {
            let isPhrase = index % 2 == 1 && index < pieces.count - 1
            let words = piece.split(whereSeparator: \.isWhitespace)
            if isPhrase {
                let isExcluded = pieces[index - 1].last == "-"
                let searchable = words.compactMap(searchable)
                guard !searchable.isEmpty else { continue }
                terms.append(Term(words: searchable, isExcluded: isExcluded, isPhrase: true))
            } else {
                terms += words.compactMap { word in
                    searchable(word).map {
                        Term(words: [$0], isExcluded: word.hasPrefix("-"), isPhrase: false)
                    }
                }
            }
        }
        return terms
    }

    /// The term's leading words with at most `count` sub-words in total.
    private static func shortened(_ term: Term, to count: Int) -> Term {
        var term = term
        var sum = 0
        term.words = Array(
            term.words.prefix { word in
                sum += subwords(in: word).count
                return sum <= count
            })
        return term
    }

    /// The word without leading hyphens; `nil` when the index cannot contain it.
    private static func searchable(_ word: Substring) -> Substring? {
        let word = word.drop { $0 == "-" }
        let parts = subwords(in: word)
        guard !parts.isEmpty, parts.allSatisfy({ $0.unicodeScalars.count <= wordLengthMax }) else {
            return nil
        }
        return word
    }

    /// The database makes a word of each part of `a-b/c.d`.
    private static func subwords(in word: Substring) -> [Substring] {
        word.split { !$0.isLetter && !$0.isNumber }
    }
}
