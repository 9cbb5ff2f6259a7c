/// Measures text from the start of a possible chunk, in tokens or characters.
protocol TextRuler {
    /// Bytes per unit beyond which the bytes of a chunk are limited instead of its units.
    var unitBytesMax: Int { get }
    /// Bytes per unit of most texts, rounded up.
    var unitBytesUsual: Int { get }

    /// The size of a whole text.
    func size(of text: UnsafeBufferPointer<UInt8>) -> Int

    /// Reads from `start` to `limit`, or until just over the maximum if that is first.
    mutating func read(_ text: TextBytes, from start: Int, to limit: Int, sizeMax: Int)
    /// The size of the text that was read.
    var size: Int { get }
    /// Where the text that was read ends.
    var end: Int { get }
    /// The exact size from the start to `end`, which must be within the text that was read. Fast
    /// when each `end` is after the one before.
    mutating func size(of text: TextBytes, upTo end: Int) -> Int
    /// Where the text that was read reaches `sizeMax`, at any scalar boundary; its end when it does
    /// not. Measured again, the text up to there may be slightly larger.
    func runEnd(of text: TextBytes, sizeMax: Int) -> Int
}
