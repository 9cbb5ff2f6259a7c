/// Builds Office documents from their parts.
enum OfficeFiles {
    private static let word =
        #"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main""#
    private static let relations =
        #"xmlns="http://schemas.openxmlformats.org/package/2006/relationships""#
    private static let r =
        #"xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#

    static func relationships(_ items: [(id: String, type: String, target: String)]) -> String {
        let list = items.map {
            #"<Relationship Id="\#($0.id)" Type="http://x/\#($0.type)" Target="\#($0.target)"/>"#
        }.joined()
        return "<Relationships \(relations)>\(list)</Relationships>"
    }

    static func docx(body: String, styles: String = "", footnotes: String = "") -> [UInt8] {
        ZipFile.package([
            ("_rels/.rels", relationships([("r1", "officeDocument", "word/document.xml")])),
            ("word/document.xml", "<w:document \(word)><w:body>\(body)</w:body></w:document>"),
            (
                "word/_rels/document.xml.rels",
                relationships([
                    ("s", "styles", "styles.xml"), ("f", "footnotes", "footnotes.xml"),
                ])
            ),
            ("word/styles.xml", "<w:styles \(word)>\(styles)</w:styles>"),
            ("word/footnotes.xml", "<w:footnotes \(word)>\(footnotes)</w:footnotes>"),
        ])
    }

    /// A DOCX with this text as its main part.
    static func docx(document: String) -> [UInt8] {
        ZipFile.package([("word/document.xml", document)])
    }

    static func p(_ text: String, style: String = "", properties: String = "") -> String {
        let style = style.isEmpty ? "" : #"<w:pStyle w:val="\#(style)"/>"#
        return "<w:p><w:pPr>\(style)\(properties)</w:pPr>"
            + #"<w:r><w:t xml:space="preserve">\#(text)</w:t></w:r></w:p>"#
    }

    static func pptx(slides: [String], notes: String) -> [UInt8] {
        let a = #"xmlns:a="http://a" xmlns:p="http://p""#
        let ids = slides.indices.map { #"<p:sldId id="\#(256 + $0)" r:id="s\#($0)"/>"# }
        var parts = [
            ("_rels/.rels", relationships([("r1", "officeDocument", "ppt/presentation.xml")])),
            (
                "ppt/presentation.xml",
                "<p:presentation \(a) \(r)><p:sldIdLst>\(ids.joined())</p:sldIdLst>"
                    + "</p:presentation>"
            ),
            (
                // The order of the slides differs from that of their file names.
                "ppt/_rels/presentation.xml.rels",
                relationships(
                    slides.indices.map { ("s\($0)", "slide", "slides/slide\(9 - $0).xml") })
            ),
            (
                "ppt/slides/_rels/slide9.xml.rels",
                relationships([("n", "notesSlide", "../notesSlides/notesSlide1.xml")])
            ),
            ("ppt/notesSlides/notesSlide1.xml", "<p:notes \(a)>\(notes)</p:notes>"),
        ]
        for (index, slide) in slides.enumerated() {
            parts.append(("ppt/slides/slide\(9 - index).xml", "<p:sld \(a)>\(slide)</p:sld>"))
        }
        return ZipFile.package(parts)
    }

    static func shape(_ holder: String, _ paragraphs: [String]) -> String {
        let texts = paragraphs.map { "<a:p><a:r><a:t>\($0)</a:t></a:r></a:p>" }.joined()
        return "<p:sp><p:nvPr>\(holder)</p:nvPr><p:txBody>\(texts)</p:txBody></p:sp>"
    }

    static func xlsx(
        sheets: [(name: String, rows: String)], strings: [String] = [], formats: String = ""
    ) -> [UInt8] {
        let main = #"xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main""#
        let list = sheets.enumerated().map {
            #"<sheet name="\#($1.name)" sheetId="\#($0 + 1)" r:id="w\#($0)"/>"#
        }.joined()
        var relations = [
            ("st", "sharedStrings", "sharedStrings.xml"), ("sy", "styles", "styles.xml"),
        ]
        relations += sheets.indices.map { ("w\($0)", "worksheet", "worksheets/sheet\($0).xml") }
        let texts = strings.map { "<si><t>\($0)</t></si>" }.joined()
        var parts = [
            ("_rels/.rels", relationships([("r1", "officeDocument", "xl/workbook.xml")])),
            ("xl/workbook.xml", "<workbook \(main) \(r)><sheets>\(list)</sheets></workbook>"),
            ("xl/_rels/workbook.xml.rels", relationships(relations)),
            ("xl/sharedStrings.xml", "<sst \(main)>\(texts)</sst>"),
            ("xl/styles.xml", "<styleSheet \(main)>\(formats)</styleSheet>"),
        ]
        for (index, sheet) in sheets.enumerated() {
            parts.append(
                (
                    "xl/worksheets/sheet\(index).xml",
                    "<worksheet \(main)><sheetData>\(sheet.rows)</sheetData></worksheet>"
                ))
        }
        return ZipFile.package(parts)
    }

    static func odt(body: String, manifest: String = "") -> [UInt8] {
        var zip = ZipFile()
        zip.add("mimetype", Array("application/vnd.oasis.opendocument.text".utf8))
        let content = """
            <o:document-content xmlns:o="urn:o" xmlns:text="urn:t" xmlns:table="urn:table">
            <o:body>\(body)</o:body></o:document-content>
            """
        zip.add("content.xml", Array(content.utf8))
        zip.add("META-INF/manifest.xml", Array("<m xmlns=\"urn:m\">\(manifest)</m>".utf8))
        return zip.bytes
    }
}
