import Domain
import Parsers
import Pipeline
import Testing

/// Tables of a DOCX, and the charts that become tables.
@Suite(.timeLimit(.minutes(5))) struct WordTableTests {
    private func table(_ rows: String...) async throws -> [String] {
        try await Sandbox.parse(
            WordFile().bytes("<w:tbl>\(rows.joined())</w:tbl>"), as: .docx
        ).markdown.split(separator: "\n").map(String.init)
    }

    private let restart = #"<w:vMerge w:val="restart"/>"#
    private let goesOn = "<w:vMerge/>"

    @Test func `a merged cell counts for each row and column that it covers`() async throws {
        #expect(
            try await table(
                WordFile.row(WordFile.cell("Ship"), WordFile.cell("Item"), WordFile.cell("Value")),
                WordFile.row(
                    WordFile.cell("Sula", restart), WordFile.cell("Length"), WordFile.cell("18")),
                WordFile.row(WordFile.cell("", goesOn), WordFile.cell("Beam"), WordFile.cell("5")),
                WordFile.row(
                    WordFile.cell("Tern"), WordFile.cell("none", #"<w:gridSpan w:val="2"/>"#)))
                == [
                    "| Ship | Item | Value |", "| --- | --- | --- |", "| Sula | Length | 18 |",
                    "| Sula | Beam | 5 |", "| Tern | none | none |",
                ])
    }

    @Test func `a heading row that continues a cell of one above belongs to the heading`()
        async throws
    {
        let two = #"<w:gridSpan w:val="2"/>"#
        #expect(
            try await table(
                WordFile.row(
                    WordFile.cell("Depot", restart), WordFile.cell("2026", two),
                    properties: "<w:tblHeader/>"),
                WordFile.row(
                    WordFile.cell("", goesOn), WordFile.cell("Plan"), WordFile.cell("Actual")),
                WordFile.row(WordFile.cell("Alta"), WordFile.cell("4"), WordFile.cell("5")))
                == [
                    "| Depot | 2026 Plan | 2026 Actual |", "| --- | --- | --- |",
                    "| Alta | 4 | 5 |",
                ])
    }

    @Test func `rows whose cells are all merged are not part of the heading`() async throws {
        let two = #"<w:gridSpan w:val="2"/>"#
        let row = { (a: String, b: String) in WordFile.row(WordFile.cell(a, two), WordFile.cell(b))
        }
        #expect(
            try await table(row("Name", "Page"), row("Intro", "1"), row("End", "9")) == [
                "| Name | Name | Page |", "| --- | --- | --- |", "| Intro | Intro | 1 |",
                "| End | End | 9 |",
            ])
    }

    @Test func `a nested table is text of its cell and does not end the outer one`() async throws {
        let inner = "<w:tbl>" + WordFile.row(WordFile.cell("x"), WordFile.cell("y")) + "</w:tbl>"
        #expect(
            try await table(
                WordFile.row(WordFile.cell("Key"), WordFile.cell("Value")),
                WordFile.row(WordFile.cell("a"), "<w:tc>\(inner)</w:tc>"),
                WordFile.row(WordFile.cell("b"), WordFile.cell("2")))
                == ["| Key | Value |", "| --- | --- |", "| a | x y |", "| b | 2 |"])
    }

    @Test func `a heading in a cell is a heading, and the table goes on with its own`()
        async throws
    {
        var file = WordFile()
        file.add(
            "styles", "styles",
            #"<w:style w:styleId="H2"><w:name w:val="heading 2"/></w:style>"#)
        let heading = WordFile.p(WordFile.r("Part two"), #"<w:pStyle w:val="H2"/>"#)
        let body =
            "<w:tbl>" + WordFile.row(WordFile.cell("Key"), WordFile.cell("Value"))
            + WordFile.row(WordFile.cell("a"), WordFile.cell("1"))
            + "<w:tr><w:tc>\(heading)</w:tc><w:tc>\(WordFile.p(""))</w:tc></w:tr>"
            + WordFile.row(WordFile.cell("b"), WordFile.cell("2")) + "</w:tbl>"
        let head = "| Key | Value |\n| --- | --- |\n"
        #expect(
            try await Sandbox.parse(file.bytes(body), as: .docx).markdown
                == "\(head)| a | 1 |\n\n## Part two\n\n\(head)| b | 2 |\n")
    }

    @Test func `a chart is its title and a table of categories and series`() async throws {
        var file = WordFile()
        let values = { (texts: [String]) in
            texts.enumerated().map { #"<pt idx="\#($0)"><v>\#($1)</v></pt>"# }.joined()
        }
        let series = { (name: String, numbers: [String]) in
            "<ser><tx><strCache>\(values([name]))</strCache></tx>"
                + "<cat><strCache>\(values(["Alta", "Bodo"]))</strCache></cat>"
                + "<val><numCache>\(values(numbers))</numCache></val></ser>"
        }
        let id = file.add(
            "chart", name: "chart1.xml",
            text: "<chartSpace><chart><title><t>Tonnes</t></title><plotArea><barChart>"
                + series("2025", ["1", "0.30000000000000004"]) + series("2026", ["2", "3"])
                + "</barChart></plotArea></chart></chartSpace>")
        let body = WordFile.p(
            WordFile.r("See") + #"<w:r><w:drawing><c:chart r:id="\#(id)"/></w:drawing></w:r>"#)
        #expect(
            try await Sandbox.parse(file.bytes(body), as: .docx).markdown
                == """
                See

                Tonnes

                | Category | 2025 | 2026 |
                | --- | --- | --- |
                | Alta | 1 | 2 |
                | Bodo | 0.3 | 3 |

                """)
    }
}
