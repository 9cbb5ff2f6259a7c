import Domain
import Embedding
import Pipeline
import TestSupport
import Testing

@testable import LocalModels

/// multilingual-e5-small against SentencePiece and a forward pass in double precision.
@Suite(.timeLimit(.minutes(5))) struct E5Tests {
    @Test(arguments: E5Goldens.all.texts)
    func `tokens and windows equal SentencePiece's`(sample: Goldens.Sample) throws {
        let model = try Model.e5.loaded.get()
        let tokens = model.tokenizer.tokens(of: sample.text)
        #expect(tokens.ids == sample.tokens)
        let windows = TokenWindows(tokens, in: model.passage).sequences
        #expect(windows.map(\.count) == sample.windows)
        #expect(windows.allSatisfy { $0.prefix(3) == [0, 46692, 12] && $0.last == 2 })
    }

    @Test(arguments: E5Goldens.all.blocks)
    func `every scalar is treated as by SentencePiece`(block: Goldens.Block) throws {
        block.expect(try Model.e5.loaded.get().tokenizer)
    }

    @Test func `the tokens of thousands of odd lines equal SentencePiece's`() throws {
        let tokenizer = try Model.e5.loaded.get().tokenizer
        let pool = E5Goldens.all.pool
        var state: UInt64 = 1
        func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for (index, expected) in E5Goldens.all.lines.enumerated() {
            var hash = TokenHash()
            for _ in 0..<1000 {
                let line = (0..<1 + below(40)).map { _ in pool[below(pool.count)] }.joined()
                hash.combine(tokenizer.tokens(of: line).ids + [2])
            }
            #expect(hash.text == expected, "lines \(index * 1000) to \(index * 1000 + 999)")
        }
    }

    @Test func `vectors equal the reference's, alone and in one batch`() async throws {
        let embedder = try Model.e5.embedder.get()
        let samples = E5Goldens.all.texts
        let together = try await embedder.embed(samples.map(\.text))
        try EmbedderCheck(space: embedder.space).validate(together, count: samples.count)
        for (sample, inBatch) in zip(samples, together) {
            let alone = try await embedder.embed([sample.text])[0]
            for vector in [inBatch, alone] {
                expectNear(vector, sample.vector, sample.name)
            }
        }
    }

    @Test func `a query has the vector of its own prefix`() async throws {
        let embedder = try Model.e5.embedder.get()
        for sample in E5Goldens.all.texts {
            let vector = try await embedder.embedQuery(
                sample.text, for: CallSubject(tenant: TenantID()))
            expectNear(vector, try #require(sample.query), sample.name)
        }
    }

    @Test func `two models in one process do not affect each other`() async throws {
        let models = try [Model.miniLM.embedder.get(), Model.e5.embedder.get()]
        let texts = ["a lighthouse", "der Hafen", "灯台"]
        let alone = try await [models[0].embed(texts), models[1].embed(texts)]
        async let first = models[0].embed(texts)
        async let second = models[1].embed(texts)
        for (vectors, expected) in try await zip([first, second], alone) {
            for (vector, other) in zip(vectors, expected) { expectNear(vector, other, "together") }
        }
    }

    private func expectNear(_ vector: [Float], _ expected: [Float], _ name: String) {
        let distance = zip(vector, expected).map { abs($0 - $1) }.max() ?? 1
        #expect(distance < 5e-6, "\(name): off by \(distance)")
    }
}
