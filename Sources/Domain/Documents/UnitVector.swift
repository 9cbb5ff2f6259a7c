extension [Float] {
    /// The vector at length one, zero-padded to the stored width; `nil` if it is zero or not
    /// finite.
    package var storedUnitVector: [Float]? {
        let squares = reduce(0.0) { $0 + Double($1) * Double($1) }
        guard squares > 0, squares.isFinite else { return nil }
        let factor = Float(1 / squares.squareRoot())
        var stored = [Float](repeating: 0, count: EmbeddingSpace.storedWidth)
        for index in 0..<Swift.min(count, stored.count) { stored[index] = self[index] * factor }
        return stored
    }
}
