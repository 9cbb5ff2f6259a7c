import Domain
import Pipeline
import Testing

/// The order in which pages of PDFs are read, their margins, and what goes on over pages.
@Suite(.timeLimit(.minutes(5))) struct PDFLayoutTests {
    private func markdown(_ pages: [PDFPage]) async throws -> String {
        try await Sandbox.parse(PDFFile.document(pages), as: .pdf).markdown
    }

    private static let column = [
        "The committee reviewed the", "annual report of the museum", "and found that visitor num-",
        "bers had risen by a fifth.", "It asks for longer hours in", "summer and for a new boat.",
    ]

    @Test(arguments: [2, 3])
    func `columns drawn line by line are read one after the other`(count: Int) async throws {
        var page = PDFPage()
        let width = 540 / count
        for (row, line) in Self.column.enumerated() {
            for column in 0..<count {
                page.text(line, x: 40 + column * width, y: 700 - row * 13)
            }
        }
        let text = try await markdown([page])
        let sentence = """
            The committee reviewed the annual report of the museum and found that visitor numbers \
            had risen by a fifth.
            """
        let parts = text.split(separator: sentence, omittingEmptySubsequences: false)
        #expect(parts.count == count + 1)
    }

    @Test(arguments: [0, 90, 180, 270])
    func `a rotated page is read in the order of its text`(rotation: Int) async throws {
        var page = PDFPage(rotation: rotation)
        for (row, word) in ["first", "second", "third", "fourth"].enumerated() {
            page.text("The \(word) line.", x: 72, y: 760 - row * 30)
        }
        #expect(
            try await markdown([page])
                == "The first line.\n\nThe second line.\n\nThe third line.\n\nThe fourth line.\n")
    }

    @Test(arguments: ["Page 2 of 5", "Seite 2 von 5", "- 2 -", "2 / 5"])
    func `page numbers and repeated lines go by their place`(second: String) async throws {
        let pages = (1...5).map { number in
            var page = PDFPage()
            let foot = second.replacing("2", with: "\(number)", maxReplacements: 1)
            page.text(foot, x: 280, y: 30, size: 8)
            page.text("Handbook of Halvorsen", x: 72, y: 770, size: 8)
            page.text("Rule \(number) of the gauge. It is read each morning.", x: 72, y: 700)
            page.text("The log is signed by the watch.", x: 72, y: 660)
            return page
        }
        let text = try await markdown(pages)
        #expect(text.split(separator: "Handbook", omittingEmptySubsequences: false).count == 2)
        let third = text.split(separator: "\u{c}", omittingEmptySubsequences: false)[2]
        #expect(
            third == "Rule 3 of the gauge. It is read each morning.\n\nThe log is signed by the "
                + "watch.\n")
    }

    private func twoPages(_ end: String, _ start: String, startSize: Int = 10) -> [PDFPage] {
        var first = PDFPage()
        first.text(
            "The boathouse is let for five years to the rowing club of the town and", x: 72, y: 73)
        first.text(end, x: 72, y: 60)
        var second = PDFPage()
        second.text(start, x: 72, y: 720, size: startSize)
        second.text("The key is handed over at noon, and the meter is read then.", x: 72, y: 690)
        return [first, second]
    }

    @Test func `a sentence that goes on over the page has a form feed for a blank`() async throws {
        let text = try await markdown(
            twoPages("the notice period of the lease that is to be kept is", "ninety days."))
        #expect(text.contains("to be kept is\u{c}ninety days."))
    }

    @Test func `a word that is broken over the page is whole before the form feed`() async throws {
        let text = try await markdown(
            twoPages("the lease can be ended each quarter, with a notice of nine-", "ty days."))
        #expect(text.contains("notice of ninety\u{c}days."))
    }

    @Test(arguments: [
        ("the lease ends with the fifth year of the contract.", "The rent is due.", 10),
        ("the lease can be ended each quarter by either side of", "Rent", 18),
        ("the lease can be ended each quarter by either side of", "- rent is due monthly", 10),
    ])
    func `a new sentence, heading or item on the next page is a new block`(
        end: String, start: String, size: Int
    ) async throws {
        let text = try await markdown(twoPages(end, start, startSize: size))
        #expect(text.contains("\n\u{c}"))
    }

    @Test func `filled fields are beside their labels`() async throws {
        var page = PDFPage()
        let labels = ["Owner", "Vessel", "Season", "Shore power", "Insured"]
        for (row, label) in labels.enumerated() { page.text(label, x: 72, y: 700 - row * 30) }
        page.annotation("/Subtype /Widget /FT /Tx /T (a) /V (Marguerite Osei)", x: 200, y: 696)
        page.annotation("/Subtype /Widget /FT /Tx /T (b) /V (Black Guillemot)", x: 200, y: 666)
        page.annotation(
            "/Subtype /Widget /FT /Ch /Ff 131072 /T (c) /V (w) "
                + "/Opt [[(s) (Summer)] [(w) (Winter)]]", x: 200, y: 636)
        page.annotation(
            "/Subtype /Widget /FT /Btn /T (d) /V /Yes /AS /Yes", x: 200, y: 606, width: 16)
        page.annotation(
            "/Subtype /Widget /FT /Btn /T (e) /V /Off /AS /Off", x: 200, y: 576, width: 16)
        #expect(
            try await markdown([page]) == """
                Owner Marguerite Osei

                Vessel Black Guillemot

                Season Winter

                Shore power ☒

                Insured ☐

                """)
    }

    @Test(arguments: ["FreeText", "Text", "Stamp"])
    func `a note on the page is a paragraph, unless it is hidden`(kind: String) async throws {
        var page = PDFPage()
        page.text("Inspection of the north crane.", x: 72, y: 700)
        page.annotation("/Subtype /\(kind) /Contents (Retest at full load)", x: 300, y: 400)
        page.annotation("/Subtype /\(kind) /F 2 /Contents (Not shown)", x: 300, y: 300)
        #expect(
            try await markdown([page]) == "Inspection of the north crane.\n\nRetest at full load\n")
    }

    @Test func `the letters of an Arabic ligature keep their order`() async throws {
        let map = """
            /CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def
            1 begincodespacerange <00> <FF> endcodespacerange
            3 beginbfchar <41> <0645> <42> <06440627> <43> <0633> endbfchar
            endcmap end end
            """
        var page = PDFPage()
        page.text("ABC", x: 72, y: 700)
        let parsed = try await Sandbox.parse(
            PDFFile.document([page], toUnicode: map), as: .pdf)
        #expect(parsed.markdown == "\u{633}\u{644}\u{627}\u{645}\n")
    }
}
