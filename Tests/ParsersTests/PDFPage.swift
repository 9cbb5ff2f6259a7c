/// Draws pages of PDFs for tests: texts at positions, rules, fields and notes.
struct PDFPage {
    var rotation = 0
    private(set) var content = ""
    /// Dictionaries of annotations.
    private(set) var annotations: [String] = []

    mutating func text(_ text: String, x: Int, y: Int, size: Int = 10, bold: Bool = false) {
        draw("1 0 0 1 \(x) \(y) Tm (\(text)) Tj", size: size, font: bold ? "F2" : "F1")
    }

    mutating func code(_ text: String, x: Int, y: Int) {
        draw("1 0 0 1 \(x) \(y) Tm (\(text)) Tj", size: 10, font: "F3")
    }

    mutating func rule(fromX: Int, y: Int, toX: Int, toY: Int) {
        content += "\(fromX) \(y) m \(toX) \(toY) l S\n"
    }

    mutating func box(x: Int, y: Int, width: Int, height: Int) {
        content += "\(x) \(y) \(width) \(height) re S\n"
    }

    /// A table with rules around all cells; rows are 20 points high, columns 100 wide.
    mutating func grid(_ rows: [[String]], x: Int = 72, top: Int) {
        for (row, cells) in rows.enumerated() {
            for (column, cell) in cells.enumerated() {
                let (left, bottom) = (x + column * 100, top - (row + 1) * 20)
                box(x: left, y: bottom, width: 100, height: 20)
                text(cell, x: left + 4, y: bottom + 6)
            }
        }
    }

    /// Texts under each other without rules; rows are 18 points high, columns 100 wide.
    mutating func columns(_ rows: [[String]], x: Int = 72, top: Int) {
        for (row, cells) in rows.enumerated() {
            for (column, cell) in cells.enumerated() where !cell.isEmpty {
                text(cell, x: x + column * 100, y: top - row * 18)
            }
        }
    }

    mutating func annotation(_ entries: String, x: Int, y: Int, width: Int = 150) {
        annotations.append("<< /Type /Annot /Rect [\(x) \(y) \(x + width) \(y + 16)] \(entries) >>")
    }

    private mutating func draw(_ operators: String, size: Int, font: String) {
        content += "BT /\(font) \(size) Tf \(operators) ET\n"
    }
}

extension PDFFile {
    /// A document of drawn pages. `toUnicode` is a character map of the plain font.
    static func document(_ pages: [PDFPage], toUnicode: String? = nil) -> [UInt8] {
        let fonts = ["Helvetica", "Helvetica-Bold", "Courier"]
        let firstFont = 3 + pages.count * 2
        var number = firstFont + fonts.count + 1
        var objects = ["", ""]
        var fields: [String] = []
        var annotations: [String] = []
        for (index, page) in pages.enumerated() {
            let references = page.annotations.map { dictionary in
                defer { number += 1 }
                annotations.append(dictionary)
                if dictionary.contains("/Widget") { fields.append("\(number) 0 R") }
                return "\(number) 0 R"
            }
            let names = fonts.indices.map { "/F\($0 + 1) \(firstFont + $0) 0 R" }
            objects.append(
                """
                << /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Rotate \(page.rotation) \
                /Contents \(4 + index * 2) 0 R /Annots [\(references.joined(separator: " "))] \
                /Resources << /Font << \(names.joined(separator: " ")) >> >> >>
                """)
            objects.append(stream(page.content))
        }
        objects[0] = """
            << /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [\(fields.joined(separator: " "))] \
            >> >>
            """
        let kids = pages.indices.map { "\(3 + $0 * 2) 0 R" }.joined(separator: " ")
        objects[1] = "<< /Type /Pages /Kids [\(kids)] /Count \(pages.count) >>"
        for (index, font) in fonts.enumerated() {
            let map = index == 0 && toUnicode != nil ? "/ToUnicode \(firstFont + 3) 0 R" : ""
            objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /\(font) \(map) >>")
        }
        objects.append(stream(toUnicode ?? ""))
        return file(objects + annotations)
    }

    private static func stream(_ content: String) -> String {
        "<< /Length \(content.utf8.count) >>\nstream\n\(content)\nendstream"
    }
}
