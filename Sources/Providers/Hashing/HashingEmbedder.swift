// Hashing: an embedder that needs neither a model nor a network.
//
// Invariants: the vector of a text depends on that text only, and is the same in every process and
// on every machine. Any change to vectors changes the version of the space.
// Neighbours: implements the port `Pipeline.Embedder`; accents are removed by CLocalModels;
// LocalModels falls back to it, and mock-services returns its vectors.

package import Domain
package import Pipeline

import Glibc

/// Computes vectors by feature hashing, without a model. Each feature of a text is added to one of
/// 1,536 numbers; its hash selects the number and the sign.
///
/// Features are the stems of the words that are not stop words, pairs of neighbouring ideographs,
/// and the words' runs of four characters, so that compounds and misspellings still match. A
/// feature that occurs n times weighs 1 + ln n. Weights by rarity are omitted, because a table of
/// common stems from other texts improved recall at 10 by only one percentage point.
package struct HashingEmbedder: Embedder {
    package let space = EmbeddingSpace(
        model: "feature-hashing", version: "1", width: EmbeddingSpace.storedWidth)
    package let batchMax = 64

    /// The weight of a run of characters, relative to 1 for a whole word.
    private static let runWeight = 0.4
    private static let runLength = 4

    /// The kind of a feature, used as the seed of its hash.
    private enum Kind: UInt64 {
        case stem, run, pair, scalar
    }

    private struct Feature {
        var hash: UInt64
        var weight: Double
    }

    package init() {}

    package func embed(
        _ texts: [String], for subject: CallSubject
    ) async throws(JobFailure) -> [[Float]] {
        guard (1...batchMax).contains(texts.count) else {
            throw .permanent(
                .machine(.embeddingBatch),
                "a call must have 1 to \(batchMax) texts, not \(texts.count)")
        }
        return texts.map(Self.vector)
    }

    /// The vector of one text, as returned by `embed`.
    package static func vector(of text: String) -> [Float] {
        sum(features(of: text)).storedUnitVector ?? lastResort
    }

    /// The vector of a text without features, or with features that cancel each other out.
    private static var lastResort: [Float] {
        [1] + [Float](repeating: 0, count: EmbeddingSpace.storedWidth - 1)
    }

    /// The features of a text, each as often as it occurs. Falls back to all words if every word is
    /// a stop word, and to scalars if there are no words.
    private static func features(of text: String) -> [Feature] {
        let words = HashedWords(text).words
        let telling = words.filter { !StopWords.all.contains($0) }
        var features: [Feature] = []
        for word in telling.isEmpty ? words : telling {
            features.append(feature(.stem, PorterStemmer.stem(word), weight: 1))
            appendRuns(of: word, to: &features)
        }
        for (first, second) in zip(words, words.dropFirst())
        where isIdeograph(first) && isIdeograph(second) {
            features.append(feature(.pair, first + second, weight: 1))
        }
        if features.isEmpty {
            features = text.unicodeScalars.map {
                feature(.scalar, Array(String($0).utf8), weight: 1)
            }
        }
        return features
    }

    /// Appends the runs of four characters of the word, with its start and end marked by "_".
    private static func appendRuns(of word: [UInt8], to features: inout [Feature]) {
        let isStart = { (byte: UInt8) in byte & 0xC0 != 0x80 }
        let marked = [UInt8(ascii: "_")] + word + [UInt8(ascii: "_")]
        let starts = marked.indices.filter { isStart(marked[$0]) } + [marked.count]
        guard starts.count > runLength else { return }
        for (start, end) in zip(starts, starts.dropFirst(runLength)) {
            features.append(feature(.run, marked[start..<end], weight: runWeight))
        }
    }

    private static func isIdeograph(_ word: [UInt8]) -> Bool {
        let text = String(decoding: word, as: UTF8.self)
        guard word.count >= 3, let scalar = text.unicodeScalars.first
        else { return false }
        if case .ideograph = BertScalar(scalar) { return true }
        return false
    }

    private static func feature(
        _ kind: Kind, _ bytes: some Sequence<UInt8>, weight: Double
    ) -> Feature {
        var hash = StableHash(seed: kind.rawValue)
        hash.combine(bytes)
        return Feature(hash: hash.value, weight: weight)
    }

    /// Sums in the order of the hashes, so that the result is identical in every run.
    private static func sum(_ features: [Feature]) -> [Float] {
        let sorted = features.sorted { $0.hash < $1.hash }
        var vector = [Double](repeating: 0, count: EmbeddingSpace.storedWidth)
        var index = 0
        while index < sorted.count {
            let feature = sorted[index]
            let next = sorted[index...].firstIndex { $0.hash != feature.hash } ?? sorted.count
            let weight = feature.weight * (1 + log(Double(next - index)))
            let place = Int(feature.hash % UInt64(vector.count))
            vector[place] += feature.hash >> 63 == 0 ? weight : -weight
            index = next
        }
        return vector.map(Float.init)
    }
}
