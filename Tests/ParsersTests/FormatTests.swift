import Domain
import Parsers
import Pipeline
import Testing

/// How each format's structure is converted to Markdown.
@Suite(.timeLimit(.minutes(5))) struct FormatTests {
    @Test func `a DOCX keeps headings, lists, tables and notes and drops deleted text`()
        async throws
    {
        let row = { (cells: [String]) in
            "<w:tr>" + cells.map { "<w:tc>" + OfficeFiles.p($0) + "</w:tc>" }.joined() + "</w:tr>"
        }
        let body =
            OfficeFiles.p("Annual report", style: "Titel")
            + OfficeFiles.p("Results", style: "berschrift2")
            + OfficeFiles.p("Sales rose &amp; fell.")
            + OfficeFiles.p(
                "First", properties: #"<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>"#)
            + OfficeFiles.p(
                "Nested", properties: #"<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr>"#
            )
            + "<w:p><w:r><w:t>Kept</w:t></w:r><w:del><w:r><w:delText>gone</w:delText>"
            + "<w:t>gone</w:t></w:r></w:del><w:r><w:instrText>PAGE</w:instrText></w:r>"
            + #"<w:r><w:footnoteReference w:id="1"/></w:r></w:p>"#
            + "<w:tbl>" + row(["Year", "Sum|net"]) + row(["2025", "12"]) + "</w:tbl>"
            + OfficeFiles.p("# no heading")
        let styles = """
            <w:style w:styleId="Titel"><w:name w:val="Title"/></w:style>
            <w:style w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style>
            """
        let notes = #"<w:footnote w:id="1">"# + OfficeFiles.p("A note.") + "</w:footnote>"
        let document = OfficeFiles.docx(body: body, styles: styles, footnotes: notes)
        let parsed = try await Sandbox.parse(document, as: .docx)
        #expect(
            parsed.markdown == """
                # Annual report

                ## Results

                Sales rose & fell.

                - First
                  - Nested

                Kept [A note.]

                | Year | Sum\\|net |
                | --- | --- |
                | 2025 | 12 |

                \\# no heading

                """)
        #expect(parsed.report.pages == nil)
    }

    @Test func `slides of a PPTX follow the order of the presentation, with notes below each`()
        async throws
    {
        let title = #"<p:ph type="title"/>"#
        let first =
            OfficeFiles.shape(title, ["Why"])
            + OfficeFiles.shape(#"<p:ph idx="1"/>"#, ["One", "Two"])
            + OfficeFiles.shape(#"<p:ph type="sldNum"/>"#, ["1"])
        let cell = { (text: String) in
            "<a:tc><a:txBody><a:p><a:r><a:t>\(text)</a:t></a:r></a:p></a:txBody></a:tc>"
        }
        let table = """
            <p:graphicFrame><a:graphic><a:graphicData><a:tbl>\
            <a:tr>\(cell("K"))\(cell("V"))</a:tr><a:tr>\(cell("a"))\(cell("b"))</a:tr></a:tbl>\
            </a:graphicData></a:graphic></p:graphicFrame>
            """
        let second = OfficeFiles.shape(title, ["How"]) + OfficeFiles.shape("", ["Plain"]) + table
        let document = OfficeFiles.pptx(
            slides: [first, second],
            notes: OfficeFiles.shape(#"<p:ph type="body"/>"#, ["Speak slowly."]))
        let parsed = try await Sandbox.parse(document, as: .pptx)
        #expect(
            parsed.markdown == """
                ## Why

                - One
                - Two

                Notes:

                Speak slowly.
                \u{c}## How

                Plain

                | K | V |
                | --- | --- |
                | a | b |

                """)
        #expect(parsed.report.pages == 2)
        #expect(parsed.report.pagesRead == 2)
    }

    @Test func `each sheet of an XLSX becomes a table with dates, percentages and gaps`()
        async throws
    {
        let formats = """
            <numFmts><numFmt numFmtId="170" formatCode="yyyy\\-mm\\-dd hh:mm"/>
            <numFmt numFmtId="171" formatCode="[Red][hh]:mm"/></numFmts>
            <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="10"/><xf numFmtId="170"/>
            <xf numFmtId="171"/></cellXfs>
            """
        let rows = """
            <row r="1"><c r="A1" t="inlineStr"><is><t>Prices</t></is></c></row>
            <row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3" t="s"><v>1</v></c>\
            <c r="C3" t="s"><v>2</v></c></row>
            <row r="4"><c r="A4" s="1"><v>46349</v></c><c r="C4" s="2"><v>0.125</v></c></row>
            <row r="5"><c r="A5" s="3"><v>46349.5</v></c><c r="B5"><v>0.30000000000000004</v></c>\
            <c r="C5" t="b"><v>1</v></c></row>
            <row r="6"><c r="A6" s="4"><v>1.0625</v></c></row>
            """
        let document = OfficeFiles.xlsx(
            sheets: [("Q1", rows), ("Empty", "")], strings: ["Day", "Price", "Share"],
            formats: formats)
        let parsed = try await Sandbox.parse(document, as: .xlsx)
        #expect(
            parsed.markdown == """
                ## Q1

                Prices

                | Day | Price | Share |
                | --- | --- | --- |
                | 2026-11-23 |  | 12.50% |
                | 2026-11-23 12:00:00 | 0.3 | TRUE |
                | 25:30 |  |  |
                \u{c}## Empty

                """)
        #expect(parsed.report.pages == 2)
    }

    @Test func `an ODT keeps headings, lists and tables`() async throws {
        let body = """
            <text:h text:outline-level="2">Plan</text:h>
            <text:tracked-changes><text:p>old</text:p></text:tracked-changes>
            <text:p>One<text:s text:c="3"/>two<text:note><text:note-citation>1</text:note-citation>\
            <text:note-body><text:p>see there</text:p></text:note-body></text:note>.</text:p>
            <text:list><text:list-item><text:p>a</text:p><text:list><text:list-item>\
            <text:p>b</text:p></text:list-item></text:list></text:list-item></text:list>
            <table:table><table:table-row><table:table-cell><text:p>x</text:p></table:table-cell>\
            <table:table-cell><text:p>y</text:p></table:table-cell></table:table-row>\
            <table:table-row><table:table-cell table:number-columns-repeated="2"><text:p>1</text:p>\
            </table:table-cell></table:table-row></table:table>
            """
        let parsed = try await Sandbox.parse(OfficeFiles.odt(body: body), as: .odt)
        #expect(
            parsed.markdown == """
                ## Plan

                One two [see there].

                - a
                  - b

                | x | y |
                | --- | --- |
                | 1 | 1 |

                """)
    }

    @Test func `covered cells of an ODT keep the columns of the cells after them`() async throws {
        let body = """
            <table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>\
            <table:table-cell><text:p>b</text:p></table:table-cell>\
            <table:table-cell><text:p>c</text:p></table:table-cell>\
            <table:table-cell><text:p>d</text:p></table:table-cell></table:table-row>\
            <table:table-row><table:table-cell table:number-columns-spanned="3">\
            <text:p>1</text:p></table:table-cell>\
            <table:covered-table-cell table:number-columns-repeated="2"/>\
            <table:table-cell><text:p>2</text:p></table:table-cell></table:table-row></table:table>
            """
        #expect(
            try await Sandbox.parse(OfficeFiles.odt(body: body), as: .odt).markdown == """
                | a | b | c | d |
                | --- | --- | --- | --- |
                | 1 | 1 | 1 | 2 |

                """)
    }

    @Test func `HTML keeps structure and link texts and drops scripts and styles`() async throws {
        let page = """
            <!doctype html><html><head><title>The title</title><style>p{color:red}</style></head>
            <body><script>alert("x")</script><h2>Part</h2>
            <p>See <a href="x">the   link</a>&nbsp;now<br>next line
            <ul><li>one<li>two<ul><li>deep</ul></ul>
            <ol><li>first</li><li>second</li></ol>
            <table><tr><th>k<th colspan=2>v<tr><td>a<td>b<td>c</table>
            <pre>if x:\n    y()</pre></body></html><p>after the end
            """
        let text = try await Sandbox.markdown(page, as: .html)
        #expect(
            text == """
                # The title

                ## Part

                See the link now
                next line

                - one
                - two
                  - deep

                1. first
                2. second

                | k | v | v |
                | --- | --- | --- |
                | a | b | c |

                ```
                if x:
                    y()
                ```

                after the end

                """)
    }

    @Test func `a table that arranges a page is read as blocks`() async throws {
        let page = "<table><tr><td><h1>News</h1><p>Body<td><p>Side</table>"
        #expect(try await Sandbox.markdown(page, as: .html) == "# News\n\nBody\n\nSide\n")
    }

    @Test func `Markdown is unchanged except for underlined headings, tables and comments`()
        async throws
    {
        let text = """
            ---
            title: Notes
            ---
            Top
            ===

            Text with *marks* and `code`.

            <!-- hidden -->

            Sub
            ---
            | a | b |
            |---|---|
            | 1 | 2 |

            ```
            Not
            ---
            ```
            """
        #expect(
            try await Sandbox.markdown(text, as: .markdown) == """
                title: Notes

                # Top


                Text with *marks* and `code`.


                ## Sub

                | a | b |
                | --- | --- |
                | 1 | 2 |

                ```
                Not
                ---
                ```

                """)
    }

    @Test func `PDF lines become paragraphs, split words are joined, large lines become headings`()
        async throws
    {
        let lines = [
            PDFFile.Line(text: "Introduction", size: 18, y: 720),
            PDFFile.Line(
                text: "The quick brown fox jumps over the lazy dog and then it goes on im-",
                y: 690),
            PDFFile.Line(
                text: "proving the well of the others who have been waiting for it so long",
                y: 676),
            PDFFile.Line(text: "at home.", y: 662),
            PDFFile.Line(
                text: "A second paragraph begins below the gap and it runs for some words", y: 634),
            PDFFile.Line(text: "until its end.", y: 620),
        ]
        let second = [PDFFile.Line(text: "Page two.", y: 720)]
        let parsed = try await Sandbox.parse(PDFFile.document([lines, second]), as: .pdf)
        #expect(
            parsed.markdown == """
                # Introduction

                The quick brown fox jumps over the lazy dog and then it goes on improving the \
                well of the others who have been waiting for it so long at home.

                A second paragraph begins below the gap and it runs for some words until its end.
                \u{c}Page two.

                """)
        #expect(parsed.report.pages == 2)
        #expect(parsed.report.pagesRead == 2)
    }

    @Test func `running headers and page numbers are kept at most once`() async throws {
        let pages = (1...6).map { page in
            [
                PDFFile.Line(text: "Handbook of Tests", size: 9, y: 760),
                PDFFile.Line(text: "Text of page number \(page) stands here.", y: 700),
                PDFFile.Line(text: "\(page)", size: 9, x: 300, y: 40),
            ]
        }
        let text = try await Sandbox.parse(PDFFile.document(pages), as: .pdf).markdown
        #expect(
            text.split(separator: "Handbook of Tests", omittingEmptySubsequences: false).count == 2)
        let page = text.split(separator: "\u{c}", omittingEmptySubsequences: false)[3]
        #expect(page == "Text of page number 4 stands here.\n")
    }

    @Test func `a PDF of one page keeps a number on its first or last line`() async throws {
        let page = [
            PDFFile.Line(text: "2026", size: 9, y: 760),
            PDFFile.Line(text: "The invoice has one line of text.", y: 700),
            PDFFile.Line(text: "1200", size: 9, x: 300, y: 40),
        ]
        let text = try await Sandbox.parse(PDFFile.document([page]), as: .pdf).markdown
        #expect(text.contains("2026"))
        #expect(text.contains("1200"))
    }
}
