import Domain
import Parsers
import Pipeline
import Testing

/// The values of cells, and what a workbook declares about them.
@Suite(.timeLimit(.minutes(5))) struct SheetValueTests {
    @Test(arguments: [
        ("00000", "1067", "01067"), ("0", "4012345678901234", "4012345678901234"),
        ("General", "4012345678901234", "4012345678901234"), ("General", "1.5E-05", "0.000015"),
        ("General", "0.30000000000000004", "0.3"), ("General", "1.2E+25", "1.2E+25"),
        ("#,##0.00 \"EUR\"", "1234.5", "1,234.50 EUR"), ("$#,##0.00", "-1234.5", "-$1,234.50"),
        ("[$€-407] #,##0", "1234567", "€ 1,234,567"), ("0.00", "1234.565", "1234.57"),
        ("_($* #,##0.00_);_($* (#,##0.00);_($* \"-\"??_);_(@_)", "-5", "$(5.00)"),
        ("_($* #,##0.00_);_($* (#,##0.00);_($* \"-\"??_);_(@_)", "0", "$-"),
        ("#,##0;[Red]-#,##0;\"none\"", "0", "none"), ("[>=1000]0,\"k\";0", "4200", "4k"),
        ("[>=1000]0,\"k\";0", "420", "420"), ("0.0,,\" m\"", "12300000", "12.3 m"),
        ("0%", "0.125", "13%"), ("0.00%", "0.125", "12.50%"), ("0.00E+00", "12345", "1.23E+04"),
        ("0.00E+00", "99999", "1.00E+05"), ("##0.0E+0", "12345", "12.3E+3"),
        ("0.00E+00", "0.000123", "1.23E-04"), ("# ?/?", "2.5", "2 1/2"), ("# ?/8", "0.375", "3/8"),
        ("000-00-0000", "123456789", "123-45-6789"), ("0.##", "5", "5."), ("#.##", "0.5", ".5"),
        ("0\" pcs\"", "12", "12 pcs"),
        ("yyyy-mm-dd", "46349", "2026-11-23"), ("d mmm yyyy", "46349", "2026-11-23"),
        ("dd.mm.yyyy hh:mm", "46349.5", "2026-11-23 12:00:00"), ("h:mm", "46349.3125", "7:30"),
        ("h:mm AM/PM", "0.90625", "9:45 PM"), ("hh:mm:ss", "0.5", "12:00:00"),
        ("[h]:mm", "1.25", "30:00"), ("[mm]:ss", "0.05", "72:00"),
        ("mm:ss.0", "0.00001", "00:00.9"),
    ])
    func `a number is what its format shows`(
        format: String, stored: String, shown: String
    ) async throws {
        var workbook = Workbook("Key | Value | Note\na | \(stored) | x\nb | 1 | y")
        workbook.formats = ["B2": format]
        let text = try await Sandbox.parse(workbook.xlsx, as: .xlsx).markdown
        #expect(text.contains("| a | \(shown) | x |"), "\(text)")
    }

    @Test func `comments and links follow the value of their cell`() async throws {
        var workbook = Workbook("Lot | Bid | Terms\n12 | 4310 | list\n13 | 2200 |")
        workbook.frame = #"<hyperlinks><hyperlink ref="C2" r:id="l"/></hyperlinks>"#
        workbook.relations = [("c", "comments", "c.xml")]
        workbook.parts = [
            (
                "xl/c.xml",
                #"<comments><commentList><comment ref="B2"><text><r><t>Bidder withdrew</t></r>"#
                    + "</text></comment></commentList></comments>"
            )
        ]
        let text = try await Sandbox.parse(workbook.xlsx, as: .xlsx).markdown
        #expect(text.contains("| 12 | 4310 [Bidder withdrew] | list |"))
    }

    @Test func `a formula without a stored value is shown itself`() async throws {
        let rows = """
            <row r="1"><c r="A1" t="inlineStr"><is><t>Lot</t></is></c>\
            <c r="B1" t="inlineStr"><is><t>Bid</t></is></c>\
            <c r="C1" t="inlineStr"><is><t>Sum</t></is></c></row>\
            <row r="2"><c r="A2"><v>12</v></c><c r="B2"><v>4310</v></c>\
            <c r="C2"><f>B2+B3</f></c></row>\
            <row r="3"><c r="A3"><v>13</v></c><c r="B3"><v>2200</v></c>\
            <c r="C3"><f>B3</f><v>2200</v></c></row>
            """
        let text = try await Sandbox.parse(OfficeFiles.xlsx(sheets: [("S", rows)]), as: .xlsx)
            .markdown
        #expect(text.contains("| 12 | 4310 | =B2+B3 |\n| 13 | 2200 | 2200 |"))
    }

    @Test func `hidden rows are left out and those of closed groups are read`() async throws {
        let rows = { (attributes: String) in
            """
            <row r="1"><c r="A1" t="inlineStr"><is><t>Site</t></is></c>\
            <c r="B1" t="inlineStr"><is><t>Salary</t></is></c>\
            <c r="C1" t="inlineStr"><is><t>ph</t></is></c></row>\
            <row r="2"><c r="A2" t="inlineStr"><is><t>K1</t></is></c><c r="B2"><v>900</v></c>\
            <c r="C2"><v>7.1</v></c></row>\
            <row r="3" \(attributes)><c r="A3" t="inlineStr"><is><t>K2</t></is></c>\
            <c r="B3"><v>800</v></c><c r="C3"><v>7.2</v></c></row>\
            <row r="4"><c r="A4" t="inlineStr"><is><t>K3</t></is></c><c r="B4"><v>700</v></c>\
            <c r="C4"><v>7.3</v></c></row>
            """
        }
        let hidden = OfficeFiles.xlsx(sheets: [("S", rows(#"hidden="1""#))])
        let text = try await Sandbox.parse(hidden, as: .xlsx).markdown
        #expect(text.contains("| K1 | 900 | 7.1 |\n| K3 | 700 | 7.3 |"))
        let closed = OfficeFiles.xlsx(
            sheets: [("S", rows(#"hidden="1" outlineLevel="1""#))])
        #expect(
            try await Sandbox.parse(closed, as: .xlsx).markdown.contains("| K2 | 800 | 7.2 |"))
    }

    @Test func `a declared table has its own heading row and name`() async throws {
        var workbook = Workbook("Above\nx | y | z\np | q | r\ns | t | u")
        workbook.relations = [("t", "table", "t.xml")]
        workbook.parts = [
            ("xl/t.xml", #"<table displayName="Budget" ref="A2:C4" headerRowCount="1"/>"#)
        ]
        #expect(
            try await Sandbox.parse(workbook.xlsx, as: .xlsx).markdown == """
                ## S

                Above
                Budget

                | x | y | z |
                | --- | --- | --- |
                | p | q | r |
                | s | t | u |

                """)
    }

    @Test func `labels of a pivot table count for the rows below them`() async throws {
        var workbook = Workbook(
            """
            Year | Kind | Sum
            2025 | Cost | 5
             | Revenue | 7
            2026 | Cost | 6
             | Revenue | 8
            Total | | 26
            """)
        workbook.relations = [("p", "pivotTable", "p.xml")]
        workbook.parts = [
            (
                "xl/p.xml",
                #"<pivotTableDefinition><location ref="A1:C6" firstHeaderRow="0" firstDataRow="1""#
                    + #" firstDataCol="2"/></pivotTableDefinition>"#
            )
        ]
        let text = try await Sandbox.parse(workbook.xlsx, as: .xlsx).markdown
        #expect(text.contains("| 2025 | Revenue | 7 |\n| 2026 | Cost | 6 |\n"))
        #expect(text.contains("\n| 2026 | Revenue | 8 |\n"))
        #expect(text.contains("| Total |  | 26 |"))
    }

    @Test func `an ODS keeps repeated cells, comments and long numbers`() async throws {
        let rows = """
            <table:table-row><table:table-cell><text:p>Site</text:p></table:table-cell>\
            <table:table-cell><text:p>Id</text:p></table:table-cell></table:table-row>\
            <table:table-row table:number-rows-repeated="2"><table:table-cell>\
            <office:annotation><text:p>estimated</text:p></office:annotation><text:p>K1</text:p>\
            </table:table-cell><table:table-cell office:value-type="float" \
            office:value="4012345678901234"><text:p>4.01E+15</text:p></table:table-cell>\
            <table:table-cell table:number-columns-repeated="16000"/></table:table-row>\
            <table:table-row table:number-rows-repeated="1048000"><table:table-cell/>\
            </table:table-row>
            """
        #expect(
            try await Sandbox.parse(Workbook.ods(rows: rows), as: .ods).markdown == """
                ## S

                | Site | Id |
                | --- | --- |
                | K1 [estimated] | 4012345678901234 |
                | K1 [estimated] | 4012345678901234 |

                """)
    }

    @Test func `rows repeated without end are refused or bounded`() async throws {
        let rows = """
            <table:table-row table:number-rows-repeated="2147483647"><table:table-cell \
            table:number-columns-repeated="1024"><text:p>abcdefghijklmnopqrstuvwxyz</text:p>\
            </table:table-cell></table:table-row>
            """
        let failure = await Sandbox.failure(Workbook.ods(rows: rows), as: .ods)
        #expect(failure?.message.contains("more text than the limit") == true)
    }

    @Test func `merged cells that cover the whole sheet are bounded`() async throws {
        var workbook = Workbook("a | b\nc | 1\nd | 2")
        workbook.merged = (0..<2000).map { "A\($0 + 1):XFD1048576" }
        let text = try await Sandbox.parse(workbook.xlsx, as: .xlsx).markdown
        #expect(text.contains("c"))
    }

    @Test(arguments: [
        (
            "Report,Stock\nDate,2026-05-03\nUser,ann\nDepot,Item,Qty\nAlta,Bolt,5\n",
            "Report: Stock\nDate: 2026-05-03\nUser: ann\n\n| Depot | Item | Qty |\n"
        ),
        (
            "Comment\nThe door sticks, again.\nNo heat in rooms 4, 5 and 6, since May.\nFine\n",
            "Comment\nThe door sticks, again.\nNo heat in rooms 4, 5 and 6, since May.\nFine\n"
        ),
        ("name;note\nAnn;\"said \"\"hi\"\"; left\"\n", "| name | note |\n| --- | --- |\n| Ann |"),
        ("id\tname\n1\tAnn\n", "| id | name |\n| --- | --- |\n| 1 | Ann |"),
    ])
    func `the columns of a CSV are found`(file: String, start: String) async throws {
        #expect(try await Sandbox.markdown(file, as: .csv).hasPrefix(start))
    }

    @Test func `a CSV of any width is one table`() async throws {
        let names = (1...40).map { "c\($0)" }
        let row = (1...40).map { "\($0)" }
        let file = names.joined(separator: ",") + "\n" + row.joined(separator: ",") + "\n"
        let text = try await Sandbox.markdown(file, as: .csv)
        #expect(text.hasPrefix("| " + names.joined(separator: " | ") + " |\n| ---"))
        #expect(text.hasSuffix("| " + row.joined(separator: " | ") + " |\n"))
    }
}
