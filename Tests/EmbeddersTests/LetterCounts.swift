import Domain
import Pipeline
import ProgramFrame
import ProviderSetup

/// A provider that exists in tests only: a text's vector counts its bytes.
///
/// It is the example of docs/how-to/add-a-provider.md.
struct LetterCounts: Embedder {
    let space: EmbeddingSpace
    let batchMax = 16

    init(width: Int) {
        space = EmbeddingSpace(model: "letter-counts", version: "1", width: width)
    }

    func embed(
        _ texts: [String], for subject: CallSubject
    ) async throws(JobFailure) -> [[Float]] {
        guard (1...batchMax).contains(texts.count) else {
            throw .permanent(
                .machine(.embeddingBatch),
                "a call must have 1 to \(batchMax) texts, not \(texts.count)")
        }
        return texts.map { text in
            var counts = [Float](repeating: 0, count: space.width)
            counts[0] = 1
            for byte in text.utf8 { counts[Int(byte) % space.width] += 1 }
            return counts.storedUnitVector ?? []
        }
    }
}

extension EmbedderChoice {
    private static let width = Setting.number(
        "letter-counts-width", "Components of the vectors", default: 64, in: 2...1024)

    static let letterCounts = EmbedderChoice(
        name: "letter-counts", summary: "counts of letters", settings: [width]
    ) { context in
        BuiltEmbedder(LetterCounts(width: context.settings[width]))
    }
}
