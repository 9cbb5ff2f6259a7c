import Querying

/// The body of a response with a page of a document's chunks.
struct ChunksResponse: Encodable {
    struct Chunk: Encodable {
        let chunkId: String
        let ord: Int
        let text: String
        let tokens: Int?
        let headings: [String]
        let pages: PageNumbers?
        let utf8Start: Int
        let utf8End: Int

        init(_ chunk: SearchableChunk) {
            chunkId = chunk.chunk
            ord = chunk.ord
            text = chunk.text
            tokens = chunk.tokens
            headings = chunk.headings
            pages = chunk.pages.map(PageNumbers.init)
            utf8Start = chunk.utf8Start
            utf8End = chunk.utf8End
        }
    }

    let chunks: [Chunk]
    let next: String?

    init(_ chunks: [SearchableChunk], on page: Page) {
        self.chunks = chunks.map(Chunk.init)
        next = page.next(after: chunks) { "\($0.ord + 1)" }
    }
}
