/// The language by whose rules the words of a text are indexed. The raw values are the names of
/// PostgreSQL's text search configurations.
package enum TextLanguage: String, CaseIterable, Sendable {
    /// Words as they are, without stems and stop words: mixed texts, and languages without rules.
    case simple
    case arabic, danish, dutch, english, finnish, french, german, greek, hindi, hungarian
    case indonesian, italian, norwegian, portuguese, romanian, russian, spanish, swedish, tamil
    case turkish
}
