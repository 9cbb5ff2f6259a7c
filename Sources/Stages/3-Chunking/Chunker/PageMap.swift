/// The pages of a text, which form feeds separate.
struct PageMap {
    /// The offset of each form feed.
    private var feeds: [Int] = []

    /// Reads the text. A form feed between two words or two table rows changes the page inside the
    /// paragraph or table, so it is replaced by a blank or a line end. Others separate blocks.
    init(_ utf8: inout [UInt8]) {
        var from = utf8.startIndex
        while let feed = utf8[from...].firstIndex(of: 0x0C) {
            feeds.append(feed)
            from = feed + 1
            if feed > 0, utf8[feed - 1] > 0x20, from < utf8.count, utf8[from] > 0x20 {
                let pipe = UInt8(ascii: "|")
                utf8[feed] = utf8[feed - 1] == pipe && utf8[from] == pipe ? 0x0A : 0x20
            }
        }
    }

    /// The pages, from 1, on which a range begins and ends; `nil` for a text without pages.
    func pages(of range: Range<Int>) -> ClosedRange<Int>? {
        feeds.isEmpty ? nil : page(of: range.lowerBound)...page(of: range.upperBound - 1)
    }

    private func page(of offset: Int) -> Int {
        var low = 0
        var high = feeds.count
        while low < high {
            let middle = (low + high) / 2
            if feeds[middle] < offset { low = middle + 1 } else { high = middle }
        }
        return low + 1
    }
}
