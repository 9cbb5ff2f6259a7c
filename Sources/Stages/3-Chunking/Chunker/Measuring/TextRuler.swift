/// Measures what a chunk that begins at some place could hold, in tokens or characters.
protocol TextRuler {
    /// What one unit may have in bytes before a chunk is held to its bytes instead.
    var unitBytesMax: Int { get }
    /// Bytes that most texts have a unit, or rather more.
    var unitBytesUsual: Int { get }

    /// The size of a whole text.
    func size(of text: UnsafeBufferPointer<UInt8>) -> Int

    /// Reads from `start` to `limit`, or to just over the maximum if that is first.
    mutating func read(_ text: TextBytes, from start: Int, to limit: Int, sizeMax: Int)
    /// The size of all that was read.
    var size: Int { get }
    /// Up to where it was read.
    var end: Int { get }
    /// The exact size from the start to `end`, which lies in what was read; fast when each `end` is
    /// behind the one before.
    mutating func size(of text: TextBytes, upTo end: Int) -> Int
    /// Where what was read reaches the bound, whatever that tears apart but a scalar; its end when
    /// it does not. Measured anew, the text up to there may be a little larger.
    func runEnd(of text: TextBytes, sizeMax: Int) -> Int
}
