import Domain

/// A workbook of one sheet, written as a grid: a row per line, cells between bars. `*text*` is
/// bold.
struct Workbook {
    var grid: [[String]]
    /// Ranges such as "A1:C1".
    var merged: [String] = []
    /// XML after the rows of the XLSX sheet.
    var frame = ""
    /// The number formats of cells, by reference.
    var formats: [String: String] = [:]
    /// Further parts of the XLSX package, and the relationships of the sheet.
    var parts: [(String, String)] = []
    var relations: [(id: String, type: String, target: String)] = []

    init(_ text: String) {
        grid = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.isEmpty
                ? []
                : line.split(separator: "|", omittingEmptySubsequences: false).map { cell in
                    String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
                }
        }
    }

    private struct Cell {
        let text: String
        let isBold: Bool
        var isNumber: Bool { Double(text) != nil }

        init(_ text: String) {
            isBold = text.count > 2 && text.hasPrefix("*") && text.hasSuffix("*")
            self.text = isBold ? String(text.dropFirst().dropLast()) : text
        }
    }

    static func reference(_ row: Int, _ column: Int) -> String {
        "\(Character(UnicodeScalar(UInt8(65 + column))))\(row + 1)"
    }

    var xlsx: [UInt8] {
        let main = #"xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main""#
        let link =
            #"xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#
        let codes = Array(Set(formats.values)).sorted()
        let declared = codes.enumerated().map {
            #"<numFmt numFmtId="\#(200 + $0)" formatCode="\#(Self.escaped($1))"/>"#
        }.joined()
        let styles = codes.indices.map { #"<xf numFmtId="\#(200 + $0)"/>"# }.joined()
        let merges = merged.map { #"<mergeCell ref="\#($0)"/>"# }.joined()
        let rows = grid.enumerated().map { row, cells in
            let list = cells.enumerated().map { column, text in
                xml(Cell(text), at: Self.reference(row, column), codes: codes)
            }.joined()
            return #"<row r="\#(row + 1)">\#(list)</row>"#
        }.joined()
        let package = [
            (
                "_rels/.rels",
                OfficeFiles.relationships([("r1", "officeDocument", "xl/workbook.xml")])
            ),
            (
                "xl/workbook.xml",
                #"<workbook \#(main) \#(link)><sheets>"#
                    + #"<sheet name="S" r:id="w"/></sheets></workbook>"#
            ),
            (
                "xl/_rels/workbook.xml.rels",
                OfficeFiles.relationships([
                    ("w", "worksheet", "sheet.xml"), ("s", "styles", "styles.xml"),
                ])
            ),
            (
                "xl/styles.xml",
                "<styleSheet \(main)><numFmts>\(declared)</numFmts><fonts><font/><font><b/></font>"
                    + #"</fonts><cellXfs><xf/><xf fontId="1"/>\#(styles)</cellXfs></styleSheet>"#
            ),
            (
                "xl/sheet.xml",
                "<worksheet \(main) \(link)><sheetData>\(rows)</sheetData>"
                    + "<mergeCells>\(merges)</mergeCells>\(frame)</worksheet>"
            ),
            ("xl/_rels/sheet.xml.rels", OfficeFiles.relationships(relations)),
        ]
        return ZipFile.package(package + parts)
    }

    private func xml(_ cell: Cell, at place: String, codes: [String]) -> String {
        if cell.text.isEmpty { return "" }
        let style = formats[place].flatMap { codes.firstIndex(of: $0) }.map { $0 + 2 }
        let number = style ?? (cell.isBold ? 1 : 0)
        if cell.isNumber {
            return #"<c r="\#(place)" s="\#(number)"><v>\#(cell.text)</v></c>"#
        }
        return #"<c r="\#(place)" s="\#(number)" t="inlineStr"><is><t>"#
            + "\(Self.escaped(cell.text))</t></is></c>"
    }

    var ods: [UInt8] {
        let rows = grid.enumerated().map { row, cells in
            "<table:table-row>"
                + cells.enumerated().map { column, text in
                    odsCell(Cell(text), at: Self.reference(row, column))
                }.joined() + "</table:table-row>"
        }.joined()
        return Self.ods(
            rows: rows,
            styles: """
                <style:style style:name="b" style:family="table-cell">\
                <style:text-properties fo:font-weight="bold"/></style:style>
                """)
    }

    static func ods(rows: String, styles: String = "") -> [UInt8] {
        var zip = ZipFile()
        zip.add("mimetype", Array(MediaType.ods.rawValue.utf8))
        let content = """
            <o:document-content xmlns:o="urn:o" xmlns:text="urn:t" xmlns:table="urn:table" \
            xmlns:style="urn:s" xmlns:fo="urn:f" xmlns:office="urn:oo">\
            <o:automatic-styles>\(styles)</o:automatic-styles><o:body><o:spreadsheet>\
            <table:table table:name="S">\(rows)</table:table></o:spreadsheet></o:body>\
            </o:document-content>
            """
        zip.add("content.xml", Array(content.utf8))
        return zip.bytes
    }

    private func odsCell(_ cell: Cell, at place: String) -> String {
        if cell.text.isEmpty { return "<table:table-cell/>" }
        let style = cell.isBold ? #" table:style-name="b""# : ""
        let type = cell.isNumber ? #" office:value-type="float""# : ""
        return "<table:table-cell\(style)\(type)\(span(at: place))>"
            + "<text:p>\(Self.escaped(cell.text))</text:p></table:table-cell>"
    }

    /// The attributes of a merged cell that begins at a place such as "A1".
    private func span(at place: String) -> String {
        guard let range = merged.first(where: { $0.hasPrefix(place + ":") }) else { return "" }
        let ends = range.split(separator: ":").map { Array($0.utf8) }
        let columns = Int(ends[1][0]) - Int(ends[0][0]) + 1
        let rows = Int(ends[1][1]) - Int(ends[0][1]) + 1
        return #" table:number-columns-spanned="\#(columns)""#
            + #" table:number-rows-spanned="\#(rows)""#
    }

    var csv: [UInt8] {
        Array(
            grid.map { $0.map { Cell($0).text }.joined(separator: ",") }.joined(separator: "\n")
                .utf8)
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing("\"", with: "&quot;")
    }
}
