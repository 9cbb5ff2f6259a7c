/// Limits the words of a query before they reach the database.
///
/// The database looks up each word in the index and ranks each hit by all words, so a query of
/// thousands of words would take seconds. Keeps the syntax of `websearch_to_tsquery` (phrases in
/// quotes, `-word`, `or`). Drops words without a letter or digit, and repeated terms.
enum SearchWords {
    /// Maximum number of words passed to the database; more than a long sentence has.
    static let wordsMax = 64
    /// Longer words are not indexed.
    static let wordLengthMax = 64

    /// One term of a query: a word or a phrase, possibly excluded.
    private struct Term: Hashable {
        var words: [Substring]
        var isExcluded: Bool
        var isPhrase: Bool

        var text: String {
            let text = words.joined(separator: " ")
            return (isExcluded ? "-" : "") + (isPhrase ? "\"\(text)\"" : text)
        }
    }

    /// `query` with at most `wordsMax` words, in the same order; empty when no word is left.
    static func bounded(_ query: String) -> String {
        var seen: Set<Term> = []
        var kept: [String] = []
        var count = 0
        var isAfterOr = false
        for term in terms(of: query) {
            if !term.isPhrase, !term.isExcluded, term.words[0].lowercased() == "or" {
                isAfterOr = !kept.isEmpty
                continue
            }
            let term = shortened(term, to: wordsMax - count)
            guard !term.words.isEmpty else { break }
            let words = term.words.reduce(0) { $0 + subwords(in: $1).count }
            guard seen.insert(term).inserted else { continue }
            if isAfterOr { kept.append("or") }
            isAfterOr = false
            kept.append(term.text)
            count += words
        }
        return kept.joined(separator: " ")
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
