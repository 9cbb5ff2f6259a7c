package import Domain

/// The rules that any embedder's answer must keep before a row is written.
package enum EmbeddingAnswer {
    /// - Throws: a transient failure `bad_embedding`: count, width, a value that is not finite, or
    ///   a vector of zeros.
    package static func check(_ vectors: [[Float]], count: Int) throws(StageFailure) {
        guard vectors.count == count else {
            throw fault("\(vectors.count) vectors for \(count) texts")
        }
        for vector in vectors {
            guard vector.count == VectorSpace.storedWidth else {
                throw fault("a vector of \(vector.count) numbers")
            }
            var squares: Float = 0
            for value in vector { squares += value * value }
            // An infinity or a NaN anywhere makes the sum the same.
            guard squares.isFinite else { throw fault("a vector with a value that is not finite") }
            guard squares > 0 else { throw fault("a vector of zeros") }
        }
    }

    private static func fault(_ what: String) -> StageFailure {
        .transient("bad_embedding", "the embedder answered with \(what)")
    }
}
