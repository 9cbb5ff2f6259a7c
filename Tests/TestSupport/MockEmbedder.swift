package import Domain
import Hashing
package import Pipeline

/// An embedder for tests: equal texts give equal vectors, different texts unrelated ones.
package struct MockEmbedder: Embedder {
    /// A way to violate the contract of `Embedder`. `EmbedderCheck` catches each of them.
    package enum Fault: Sendable, CaseIterable {
        case missingVector, extraVector, wrongWidth, notANumber, infinite, zeroVector, notUnitLength
    }

    package let space: EmbeddingSpace
    package let batchMax: Int
    private let fault: @Sendable ([String]) -> Fault?
    private let beforeCall: @Sendable ([String]) async throws(JobFailure) -> Void

    /// - Parameters:
    ///   - fault: the fault in the vectors of these texts; `nil` for correct vectors.
    ///   - beforeCall: runs before each call; may wait, count, or throw a failure.
    package init(
        space: EmbeddingSpace = EmbeddingSpace(model: "mock", version: "1", width: 64),
        batchMax: Int = 64,
        fault: @escaping @Sendable ([String]) -> Fault? = { _ in nil },
        beforeCall: @escaping @Sendable ([String]) async throws(JobFailure) -> Void = { _ in }
    ) {
        self.space = space
        self.batchMax = batchMax
        self.fault = fault
        self.beforeCall = beforeCall
    }

    package func embed(
        _ texts: [String], for subject: CallSubject
    ) async throws(JobFailure) -> [[Float]] {
        try await beforeCall(texts)
        guard (1...batchMax).contains(texts.count) else {
            throw .permanent(
                .machine(.embeddingBatch),
                "a call must have 1 to \(batchMax) texts, not \(texts.count)")
        }
        let vectors = texts.map(vector)
        return fault(texts).map { spoil(vectors, with: $0) } ?? vectors
    }

    /// Uniformly distributed numbers in -1..<1, seeded by the text and normalised.
    private func vector(of text: String) -> [Float] {
        var hash = StableHash(seed: 3)
        hash.combine(text.utf8)
        let seed = hash.value
        let numbers = (1...UInt64(space.width)).map { step in
            let bits = SplitMix64.mix(seed &+ step &* 0x9e37_79b9_7f4a_7c15)
            return Float(bits >> 40) / Float(1 << 23) - 1
        }
        return numbers.storedUnitVector ?? [Float](repeating: 0, count: EmbeddingSpace.storedWidth)
    }

    private func spoil(_ vectors: [[Float]], with fault: Fault) -> [[Float]] {
        var spoilt = vectors
        let last = spoilt.count - 1
        switch fault {
        case .missingVector: spoilt.removeLast()
        case .extraVector: spoilt.append(spoilt[last])
        case .wrongWidth: spoilt[last].removeLast()
        case .notANumber: spoilt[last][0] = .nan
        case .infinite: spoilt[last][0] = .infinity
        case .zeroVector: spoilt[last] = spoilt[last].map { _ in 0 }
        case .notUnitLength: spoilt[last] = spoilt[last].map { $0 * 2 }
        }
        return spoilt
    }
}
