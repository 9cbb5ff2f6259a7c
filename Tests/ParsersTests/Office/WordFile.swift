/// Builds DOCX files with the parts that a test needs.
struct WordFile {
    private var parts: [(name: String, text: String)] = []
    private var relations: [(id: String, type: String, target: String)] = []
    private var links: [(id: String, address: String)] = []

    private static let spaces =
        #"xmlns:w="http://w" xmlns:m="http://m" xmlns:wp="http://wp" xmlns:c="http://c""#
        + #" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#

    /// Adds a part that the body refers to by its type.
    mutating func add(_ type: String, _ root: String, _ content: String) {
        let target = "\(type)\(parts.count).xml"
        relations.append(("p\(parts.count)", type, target))
        parts.append(("word/" + target, "<w:\(root) \(Self.spaces)>\(content)</w:\(root)>"))
    }

    /// Adds a part with its own elements, and returns the id of its relationship.
    mutating func add(_ type: String, name: String, text: String) -> String {
        relations.append(("p\(parts.count)", type, name))
        parts.append(("word/" + name, text))
        return "p\(parts.count - 1)"
    }

    mutating func link(_ id: String, to address: String) { links.append((id, address)) }

    func bytes(_ body: String, separator: String = "/") -> [UInt8] {
        var list = relations.map {
            #"<Relationship Id="\#($0.id)" Type="http://x/\#($0.type)" Target="\#($0.target)"/>"#
        }
        list += links.map {
            #"<Relationship Id="\#($0.id)" Type="http://x/hyperlink" Target="\#($0.address)""#
                + #" TargetMode="External"/>"#
        }
        let all =
            [
                (
                    "_rels/.rels",
                    OfficeFiles.relationships([("r1", "officeDocument", "word/document.xml")])
                ),
                (
                    "word/document.xml",
                    "<w:document \(Self.spaces)><w:body>\(body)</w:body></w:document>"
                ),
                (
                    "word/_rels/document.xml.rels",
                    "<Relationships>\(list.joined())</Relationships>"
                ),
            ] + parts.map { ($0.name, $0.text) }
        return ZipFile.package(
            all.map { ($0.0.replacing("/", with: separator), $0.1) })
    }

    /// A paragraph of runs.
    static func p(_ runs: String, _ properties: String = "") -> String {
        "<w:p><w:pPr>\(properties)</w:pPr>\(runs)</w:p>"
    }

    /// A run of text.
    static func r(_ text: String, _ properties: String = "") -> String {
        "<w:r><w:rPr>\(properties)</w:rPr>"
            + #"<w:t xml:space="preserve">\#(text)</w:t></w:r>"#
    }

    static func number(_ id: Int, level: Int = 0) -> String {
        #"<w:numPr><w:ilvl w:val="\#(level)"/><w:numId w:val="\#(id)"/></w:numPr>"#
    }

    /// A level of a list.
    static func level(
        _ index: Int, _ format: String, _ text: String, _ more: String = ""
    ) -> String {
        #"<w:lvl w:ilvl="\#(index)"><w:numFmt w:val="\#(format)"/>"#
            + #"<w:lvlText w:val="\#(text)"/>\#(more)</w:lvl>"#
    }

    static func cell(_ text: String, _ properties: String = "") -> String {
        "<w:tc><w:tcPr>\(properties)</w:tcPr>\(p(r(text)))</w:tc>"
    }

    static func row(_ cells: String..., properties: String = "") -> String {
        "<w:tr><w:trPr>\(properties)</w:trPr>\(cells.joined())</w:tr>"
    }
}
