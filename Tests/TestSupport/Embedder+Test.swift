package import Domain
package import Pipeline

extension Embedder {
    /// Embeds for somebody who does not matter to the test.
    package func embed(_ texts: [String]) async throws(StageFailure) -> [[Float]] {
        try await embed(texts, for: CallSubject(user: UserID()))
    }
}
