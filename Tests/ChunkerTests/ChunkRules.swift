import Chunker
import Domain
import Foundation
import Testing

/// Checks the rules that hold for the chunks of any text.
struct ChunkRules {
    let text: String
    let limits: ChunkLimits
    let measure: ChunkMeasure
    private let bytes: [UInt8]

    init(_ text: String, _ measure: ChunkMeasure, _ limits: ChunkLimits? = nil) {
        self.text = text
        self.limits = limits ?? measure.defaultLimits
        self.measure = measure
        var bytes = Array(text.utf8)
        // A form feed between two words or rows is read as a blank or a line end.
        for i in bytes.indices.dropFirst().dropLast()
        where bytes[i] == 0x0C && bytes[i - 1] > 0x20 && bytes[i + 1] > 0x20 {
            let isBetweenRows = bytes[i - 1] == UInt8(ascii: "|") && bytes[i + 1] == bytes[i - 1]
            bytes[i] = isBetweenRows ? 0x0A : 0x20
        }
        self.bytes = bytes
    }

    /// Chunks the text twice and checks every rule; returns the chunks.
    @discardableResult
    func check(
        graphemes: Bool = true, plainTitles: Bool = true, _ note: String = ""
    ) throws -> [Chunk] {
        let chunker = MarkdownChunker(by: measure, limits: limits)
        let chunks = Array(try chunker.chunk(Array(text.utf8)))
        #expect(try chunks == Array(chunker.chunk(Array(text.utf8))), "\(note)")
        var faults: [String] = []
        let outline = Outline(Array(text.utf8))
        let boundaries = graphemes ? characterBoundaries() : []
        var covered = 0
        for (i, chunk) in chunks.enumerated() {
            let previous = i > 0 ? chunks[i - 1] : nil
            faults += alone(chunk, i).map { "chunk \(i): \($0)" }
            faults += order(chunk, after: previous, outline).map { "chunk \(i): \($0)" }
            faults += pages(chunk, outline).map { "chunk \(i): \($0)" }
            if plainTitles { faults += headings(chunk, outline).map { "chunk \(i): \($0)" } }
            let range = chunk.utf8Range
            if graphemes, !isRecord(chunk),
                !boundaries.contains(range.lowerBound) || !boundaries.contains(range.upperBound)
            {
                faults.append("chunk \(i) tears a grapheme: \(chunk.text.debugDescription)")
            }
            if !isBlank(covered, range.lowerBound) { faults.append("text before \(i) is lost") }
            covered = range.upperBound
        }
        if !isBlank(covered, bytes.count) { faults.append("text at the end is lost") }
        #expect(
            faults.isEmpty,
            "\(note) \(faults.prefix(5)) in \(text.prefix(2000).debugDescription)")
        return chunks
    }

    private func tokens(_ text: String) -> Int? {
        guard case .tokens(let tokenizer) = measure else { return nil }
        return tokenizer.count(text)
    }

    private func size(_ text: String) -> Int { tokens(text) ?? text.unicodeScalars.count }

    /// The rules for a chunk on its own.
    private func alone(_ chunk: Chunk, _ i: Int) -> [String] {
        var faults: [String] = []
        let range = chunk.utf8Range
        let scalars = chunk.text.unicodeScalars
        if chunk.ord != i { faults.append("has ord \(chunk.ord)") }
        if range.isEmpty || !(0...bytes.count).contains(range.upperBound) {
            return faults + ["has range \(range)"]
        }
        if !isSlice(chunk) { faults.append("is not its slice") }
        if chunk.tokens != tokens(chunk.text) {
            faults.append("reports \(chunk.tokens ?? 0) of \(tokens(chunk.text) ?? 0) tokens")
        }
        if size(chunk.text) > limits.max { faults.append("measures \(size(chunk.text))") }
        if scalars.first?.properties.isWhitespace ?? true { faults.append("begins blank") }
        if scalars.last?.properties.isWhitespace ?? true { faults.append("ends blank") }
        if scalars.contains("\u{0C}") { faults.append("holds a form feed") }
        return faults
    }

    /// Whether the chunk is its slice, after the head of a table or as lines of "name: value".
    private func isSlice(_ chunk: Chunk) -> Bool {
        let text = Array(chunk.text.utf8)
        let slice = bytes[chunk.utf8Range]
        if text.elementsEqual(slice) { return true }
        if slice.first == UInt8(ascii: "|"), text.suffix(slice.count).elementsEqual(slice) {
            let head = text.dropLast(slice.count + 1)
            return contains(head) && head.suffix(3).elementsEqual("- |".utf8)
                || head.suffix(2).elementsEqual("-|".utf8)
        }
        return text.split(separator: 0x0A).allSatisfy { line in
            let colon = line.indices.first { line[$0...].starts(with: ": ".utf8) }
            return contains(line) || colon.map { contains(line[($0 + 2)...]) } ?? false
        }
    }

    /// Whether the chunk is a row, or a part of it, as lines of "name: value".
    private func isRecord(_ chunk: Chunk) -> Bool {
        let slice = bytes[chunk.utf8Range]
        let hasSlice = chunk.text.utf8.suffix(slice.count).elementsEqual(slice)
        return chunk.text.utf8.count != slice.count
            && !(hasSlice && slice.first == UInt8(ascii: "|"))
    }

    private func contains(_ part: ArraySlice<UInt8>) -> Bool {
        part.isEmpty || Data(bytes).range(of: Data(part)) != nil
    }

    /// Chunks advance, and overlap by at most the limit and only within a section.
    private func order(_ chunk: Chunk, after previous: Chunk?, _ outline: Outline) -> [String] {
        guard let previous else { return [] }
        let (range, before) = (chunk.utf8Range, previous.utf8Range)
        var faults: [String] = []
        if range.lowerBound <= before.lowerBound || range.upperBound <= before.upperBound {
            faults.append("does not move on")
        }
        if range.lowerBound < before.upperBound {
            let shared = range.lowerBound..<before.upperBound
            let size = size(String(decoding: bytes[shared], as: UTF8.self))
            if size > limits.overlapMax { faults.append("overlaps by \(size)") }
            if outline.lines.contains(where: { $0.isHeading && shared.contains($0.start) }) {
                faults.append("overlaps a heading")
            }
        }
        return faults
    }

    /// A chunk's pages are those of its first and its last line, which only a form feed inside a
    /// paragraph or table separates.
    private func pages(_ chunk: Chunk, _ outline: Outline) -> [String] {
        let lines = outline.lines(in: chunk.utf8Range)
        guard outline.hasPages, let first = lines.first, let last = lines.last else { return [] }
        if bytes[chunk.utf8Range].contains(0x0C) { return ["crosses the end of a page"] }
        if chunk.pages == first.page...last.page { return [] }
        return ["reports pages \(String(describing: chunk.pages)), not \(first.page)"]
    }

    /// A chunk's headings are those that all its lines except headings have in common.
    private func headings(_ chunk: Chunk, _ outline: Outline) -> [String] {
        let body = outline.lines(in: chunk.utf8Range).filter { !$0.isHeading }
        guard var path = body.first?.path else { return [] }
        for line in body { path = zip(path, line.path).prefix { $0 == $1 }.map(\.0) }
        return chunk.headings == path ? [] : ["has headings \(chunk.headings), not \(path)"]
    }

    private func isBlank(_ start: Int, _ end: Int) -> Bool {
        start >= end
            || String(decoding: bytes[start..<end], as: UTF8.self).unicodeScalars
                .allSatisfy { $0.properties.isWhitespace || $0 == "|" }
    }

    private func characterBoundaries() -> Set<Int> {
        var boundaries: Set<Int> = [0]
        var i = 0
        for character in text {
            i += character.utf8.count
            boundaries.insert(i)
        }
        return boundaries
    }
}
