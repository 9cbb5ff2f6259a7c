/// The rankings that a search uses. `hybrid` fuses both by reciprocal rank.
package enum SearchMode: String, CaseIterable, Encodable, Sendable {
    case hybrid, vector, text

    package var ranksByMeaning: Bool { self != .text }
    package var ranksByWords: Bool { self != .vector }
}
