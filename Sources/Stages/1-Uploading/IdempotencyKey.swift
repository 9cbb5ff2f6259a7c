/// A client's name for one upload. For a day, the same key with other bytes is refused.
package struct IdempotencyKey: Equatable, Sendable {
    package let text: String

    private static let bytesMax = 255

    package init(_ text: String) throws(UploadRefusal) {
        guard (1...Self.bytesMax).contains(text.utf8.count) else {
            throw .idempotencyKeyInvalid(bytesMax: Self.bytesMax)
        }
        self.text = text
    }
}
