/// The pages of a chunk: first and last, or a single number when they are equal.
struct PageNumbers: Encodable {
    let pages: ClosedRange<Int>

    init(_ pages: ClosedRange<Int>) { self.pages = pages }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(pages.lowerBound)
        if pages.count > 1 { try container.encode(pages.upperBound) }
    }
}
