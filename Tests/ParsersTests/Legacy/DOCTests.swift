import Domain
import Parsers
import Pipeline
import Testing

/// Word documents from before 2007.
@Suite(.timeLimit(.minutes(5))) struct DOCTests {
    private typealias Run = DOCFile.Run
    private typealias Paragraph = DOCFile.Paragraph

    private func text(_ file: DOCFile) async throws(JobFailure) -> String {
        let text = try await Sandbox.parse(file.bytes, as: .doc).markdown
        #expect(text.hasSuffix("\n"))
        return String(text.dropLast())
    }

    private func text(_ paragraphs: [Paragraph]) async throws(JobFailure) -> String {
        try await text(DOCFile(stories: [paragraphs]))
    }

    @Test func `paragraphs in heading styles are headings`() async throws {
        let found = try await text([
            DOCFile.p("Report", style: 3), DOCFile.p("Scope", style: 2), DOCFile.p("Naïve – text."),
        ])
        #expect(found == "# Report\n\n## Scope\n\nNaïve – text.")
    }

    @Test func `hidden and deleted text is left out`() async throws {
        let found = try await text([
            Paragraph(runs: [
                Run(text: "kept "), Run(text: "secret ", changes: DOCFile.hidden),
                Run(text: "removed ", changes: DOCFile.deleted), Run(text: "too"),
            ]),
            Paragraph(
                runs: [Run(text: "first")], markChanges: DOCFile.deleted),
            DOCFile.p(" second"),
        ])
        #expect(found == "kept too\n\nfirst second")
    }

    @Test func `a field shows its result, and a link its address`() async throws {
        let found = try await text([
            DOCFile.p(
                "\u{13} DATE \u{14}3 May\u{15}: \u{13} HYPERLINK \"https://example.org/a\" "
                    + "\u{14}the terms\u{15}, \u{13} XE \"index\" \u{15}end")
        ])
        #expect(found == "3 May: the terms (https://example.org/a), end")
    }

    @Test func `a table has merged cells in each place that they cover`() async throws {
        let edges: [Int16] = [0, 1000, 2000, 3000]
        let found = try await text([
            DOCFile.p("Ships"),
            DOCFile.cell("Name"), DOCFile.cell("Part"), DOCFile.cell("Size"),
            DOCFile.rowEnd(edges: edges, isHeader: true),
            DOCFile.cell("Sula"), DOCFile.cell("Hull"), DOCFile.cell("12 m"),
            DOCFile.rowEnd(edges: edges, merged: [0x60, 0, 0]),
            DOCFile.cell(""), DOCFile.cell("Draught"), DOCFile.cell("2.1 m"),
            DOCFile.rowEnd(edges: edges, merged: [0x20, 0, 0]),
            DOCFile.cell("Tern"), DOCFile.cell("unknown"),
            DOCFile.rowEnd(edges: [0, 1000, 3000]),
        ])
        #expect(
            found == """
                Ships

                | Name | Part | Size |
                | --- | --- | --- |
                | Sula | Hull | 12 m |
                | Sula | Draught | 2.1 m |
                | Tern | unknown | unknown |
                """)
    }

    @Test func `a footnote is in brackets at its reference`() async throws {
        var file = DOCFile(stories: [
            [DOCFile.p("Nine euro\u{2} a metre.")], [DOCFile.p("\u{2} Plus tax.")],
        ])
        let main = 20
        file.parts[2] = UInt32(9).littleBytes + UInt32(main).littleBytes + [1, 0]
        file.parts[3] = UInt32(0).littleBytes + UInt32(12).littleBytes
        #expect(try await text(file) == "Nine euro [Plus tax.] a metre.")
    }

    @Test func `text of one byte a character is Windows-1252`() async throws {
        var file = DOCFile(stories: [[DOCFile.p("\u{93}caf\u{e9}\u{94} \u{80}")]])
        file.isNarrow = true
        #expect(try await text(file) == "“café” €")
    }

    @Test func `pieces of a document that was saved fast are in their order`() async throws {
        var file = DOCFile(stories: [[DOCFile.p("world hello ")]])
        file.pieces = [6..<12, 0..<6, 12..<13]
        #expect(try await text(file) == "hello world")
    }

    @Test func `protected and older documents are refused by name`() async {
        var file = DOCFile(stories: [[DOCFile.p("x")]])
        file.flags = 1 << 8
        let encrypted = await Sandbox.failure(file.bytes, as: .doc)
        #expect(encrypted?.code == .document(.encrypted))
        file.flags = 0
        file.version = 104
        let old = await Sandbox.failure(file.bytes, as: .doc)
        #expect(old?.code == .document(.unsupportedType))
        #expect(old?.message.contains("Word 95") == true)
    }

    @Test func `a document with more characters than bytes is malformed`() async throws {
        var bytes = DOCFile(stories: [[DOCFile.p("x")]]).bytes
        // The length of the text is 76 bytes behind the start of the stream.
        let start = try #require(
            bytes.indices.first(where: { bytes[$0...].starts(with: [0xec, 0xa5, 0xc1, 0]) }))
        bytes.replaceSubrange(start + 76..<start + 80, with: UInt32(0x7fff_ffff).littleBytes)
        let failure = await Sandbox.failure(bytes, as: .doc)
        #expect(failure?.code == .document(.malformed))
    }
}
