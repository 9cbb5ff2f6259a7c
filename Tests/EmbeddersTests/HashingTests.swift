import Domain
import Embedding
import Pipeline
import TestSupport
import Testing

@testable import Hashing

/// Embedding by feature hashing, without a model.
@Suite(.timeLimit(.minutes(5))) struct HashingTests {
    @Test func `the stemmer matches the Porter reference`() {
        for (word, stem) in Goldens.all.stems {
            let found = String(decoding: PorterStemmer.stem(Array(word.utf8)), as: UTF8.self)
            #expect(found == stem, "\(word)")
        }
    }

    @Test(arguments: Goldens.all.hashed)
    func `hashed features match the reference vectors`(golden: Goldens.Hashed) async throws {
        let vector = try await HashingEmbedder().embed([golden.text])[0]
        var expected = [Float](repeating: 0, count: EmbeddingSpace.storedWidth)
        for (place, number) in golden.numbers { expected[try #require(Int(place))] = number }
        #expect(zip(vector, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test func `every text has a vector, also one without words`() async throws {
        let embedder = HashingEmbedder()
        let texts = ["the", "!", "\u{0}", " ", "東", "🦖", String(repeating: "a b ", count: 5000)]
        let vectors = try await embedder.embed(texts)
        try EmbedderCheck(space: embedder.space).validate(vectors, count: texts.count)
    }

    @Test func `inflected forms of words are similar, and other words are not`() async throws {
        let vectors = try await HashingEmbedder().embed([
            "The lighthouse keeper repaired two lamps.", "lighthouse keepers repairing a lamp",
            "Sourdough rests in a cold room.",
        ])
        func cosine(_ left: [Float], _ right: [Float]) -> Float {
            zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
        }
        #expect(cosine(vectors[0], vectors[1]) > 0.5)
        #expect(abs(cosine(vectors[0], vectors[2])) < 0.2)
    }
}
