package import Domain

/// Validates the vectors of any embedder before they are stored.
///
/// Every fault is transient: a provider may return valid vectors next time, and a job's attempts
/// are bounded in any case.
package struct EmbedderCheck: Sendable {
    /// The maximum deviation of a vector's length from one.
    package static let lengthTolerance = 1e-3

    private let space: EmbeddingSpace

    package init(space: EmbeddingSpace) { self.space = space }

    /// Checks that there are `count` vectors, each as `Embedder` specifies them.
    package func validate(_ vectors: [[Float]], count: Int) throws(JobFailure) {
        guard vectors.count == count else {
            throw fault(
                .vectorCount, "returned \(vectors.count) vectors for \(count) texts")
        }
        for (index, vector) in vectors.enumerated() { try validate(vector, at: index) }
    }

    private func validate(_ vector: [Float], at index: Int) throws(JobFailure) {
        guard vector.count == EmbeddingSpace.storedWidth else {
            throw fault(
                .vectorWidth,
                "returned vector \(index) with \(vector.count) numbers"
                    + " instead of \(EmbeddingSpace.storedWidth)")
        }
        let squares = vector.reduce(0.0) { $0 + Double($1) * Double($1) }
        guard squares.isFinite else {
            throw fault(.vectorNotFinite, "returned NaN or infinity in vector \(index)")
        }
        guard squares > 0 else {
            throw fault(.vectorZero, "returned only zeros in vector \(index)")
        }
        let length = squares.squareRoot()
        guard abs(length - 1) <= Self.lengthTolerance else {
            throw fault(
                .vectorLength, "returned vector \(index) of length \(length) instead of 1")
        }
        guard vector.dropFirst(space.width).allSatisfy({ $0 == 0 }) else {
            throw fault(
                .vectorPadding,
                "returned numbers after width \(space.width) in vector \(index)")
        }
    }

    private func fault(_ code: EmbedderFailure, _ what: String) -> JobFailure {
        .transient(.embedder(code), "embedder \(space) \(what)")
    }
}
