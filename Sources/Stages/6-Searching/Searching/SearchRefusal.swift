/// Why a search is refused.
package enum SearchRefusal: Error, Equatable, Sendable {
    case queryEmpty
    case queryTooLong(bytesMax: Int)
    case limitInvalid(ClosedRange<Int>)
    /// The number of documents to search in is out of range.
    case documentFilterInvalid(ClosedRange<Int>)
}
