/// Where the bytes of a document are stored.
package struct DocumentFiles: Sendable {
    package let filename: String
    package let mime: String
    /// The path of the blob as it was uploaded.
    package let original: String
    /// The path of the parsed text; `nil` until the document is parsed.
    package let text: String?

    package init(filename: String, mime: String, original: String, text: String?) {
        self.filename = filename
        self.mime = mime
        self.original = original
        self.text = text
    }
}
