import Domain
import Embedding
import Foundation
import Pipeline
import TestSupport
import Testing

@testable import LocalModels

/// The in-process model against its reference implementation.
@Suite(.timeLimit(.minutes(5))) struct MiniLMTests {
    @Test(arguments: Goldens.all.texts)
    func `tokens and windows equal the reference's`(sample: Goldens.Sample) throws {
        let model = try Model.miniLM.loaded.get()
        let tokens = model.tokenizer.tokens(of: sample.text)
        #expect(tokens.ids == sample.tokens)
        #expect(TokenWindows(tokens, in: model.passage).sequences.map(\.count) == sample.windows)
    }

    @Test(arguments: Goldens.all.blocks)
    func `every scalar is treated as by the reference`(block: Goldens.Block) throws {
        block.expect(try Model.miniLM.loaded.get().tokenizer)
    }

    @Test func `vectors equal the reference's, alone and in one batch`() async throws {
        let embedder = try Model.miniLM.embedder.get()
        let samples = Goldens.all.texts
        let together = try await embedder.embed(samples.map(\.text))
        try EmbedderCheck(space: embedder.space).validate(together, count: samples.count)
        for (sample, inBatch) in zip(samples, together) {
            let alone = try await embedder.embed([sample.text])[0]
            for vector in [inBatch, alone] {
                let distance = zip(vector, sample.vector).map { abs($0 - $1) }.max() ?? 1
                #expect(distance < 5e-6, "\(sample.name): off by \(distance)")
            }
        }
    }

    @Test func `concurrent calls do not affect each other`() async throws {
        let embedder = try Model.miniLM.embedder.get()
        let texts = (0..<8).map { "The \($0)th document tells of tide number \($0 * 7)." }
        var expected: [[Float]] = []
        for text in texts { expected += try await embedder.embed([text]) }
        let found = try await withThrowingTaskGroup(of: (Int, [Float]).self) { group in
            for (index, text) in texts.enumerated() {
                group.addTask { (index, try await embedder.embed([text])[0]) }
            }
            return try await group.reduce(into: [Int: [Float]]()) { $0[$1.0] = $1.1 }
        }
        for (index, vector) in expected.enumerated() {
            let other = try #require(found[index])
            #expect(zip(vector, other).allSatisfy { abs($0 - $1) < 1e-6 })
        }
    }

    #if arch(x86_64)
        /// OpenBLAS falls back to kernels of 2004 on a processor that is newer than itself.
        @Test func `OpenBLAS uses AVX kernels on processors that support them`() throws {
            _ = try Model.miniLM.embedder.get()
            let processor = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
            let flags = Set(processor.split(whereSeparator: \.isWhitespace))
            guard flags.isSuperset(of: ["avx2", "fma"]) else { return }
            #expect(["Haswell", "SkylakeX"].contains(Transformer.kernels))
        }
    #endif

    @Test func `a vector without a direction is permanent, because the model repeats it`() {
        for sum in [[Float](repeating: 0, count: Transformer.width), [.nan], [.infinity]] {
            let failure = #expect(throws: JobFailure.self) { try LocalModelEmbedder.stored(sum) }
            #expect(failure?.class == .permanent)
            #expect(failure?.code == .embedder(.modelRefused))
        }
    }

    @Test func `batches and texts outside the limits are refused`() async throws {
        let embedder = try Model.miniLM.embedder.get()
        for texts in [[], Array(repeating: "x", count: 65)] {
            let failure = await #expect(throws: JobFailure.self) {
                _ = try await embedder.embed(texts)
            }
            #expect(failure?.code == .machine(.embeddingBatch))
        }
        let long = String(repeating: "x", count: LocalModelEmbedder.textBytesMax + 1)
        let failure = await #expect(throws: JobFailure.self) {
            _ = try await embedder.embed([long])
        }
        #expect(failure?.code == .embedder(.inputTooLong))
    }
}
