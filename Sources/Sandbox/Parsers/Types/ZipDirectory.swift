import Domain

/// The names of an archive's entries, as far as the sample contains them.
struct ZipDirectory {
    private var names: Set<String> = []
    private var mimetype: [UInt8] = []

    private static let namesMax = 20_000

    init(_ sample: DocumentSample) {
        readLocalHeaders(sample.head)
        readCentralDirectory(sample.tail.isEmpty ? sample.head : sample.tail)
    }

    var type: DetectedType {
        for type in [MediaType.odt, .odp, .ods] {
            let name = Array(type.rawValue.utf8)
            if mimetype == name || mimetype == name + Array("-template".utf8) {
                return .supported(type)
            }
        }
        if mimetype == Array(MediaType.epub.rawValue.utf8) || isBook { return .supported(.epub) }
        if !mimetype.isEmpty { return .unsupported("a package (other OpenDocument)") }
        if has(prefix: "word/") { return .supported(.docx) }
        if has(prefix: "ppt/") { return .supported(.pptx) }
        if names.contains("xl/workbook.bin") {
            return .unsupported("a binary workbook (XLSB)")
        }
        if has(prefix: "xl/") { return .supported(.xlsx) }
        return Self.packages.first { has(prefix: $0.prefix) }.map { .unsupported($0.name) }
            ?? .supported(.zip)
    }

    /// An EPUB whose first entry is not its type.
    private var isBook: Bool {
        names.contains("META-INF/container.xml") && names.contains { $0.hasSuffix(".opf") }
    }

    /// Packages that are not archives of documents, by an entry.
    private static let packages: [(prefix: String, name: String)] = [
        ("[Content_Types].xml", "an Office package of another kind"),
        ("META-INF/MANIFEST.MF", "a program (Java)"),
        ("AndroidManifest.xml", "a program (Android)"),
        ("Index/Document.iwa", "an Apple iWork document"),
        ("Index.zip", "an Apple iWork document"),
    ]

    private func has(prefix: String) -> Bool { names.contains { $0.hasPrefix(prefix) } }

    /// Reads entries from the start, up to the first that is empty or was streamed.
    private mutating func readLocalHeaders(_ bytes: [UInt8]) {
        var at = 0
        while let size = number(bytes, at: at + 18, width: 4),
            number(bytes, at: at, width: 4) == 0x0403_4b50,
            let nameLength = number(bytes, at: at + 26, width: 2),
            let extra = number(bytes, at: at + 28, width: 2)
        {
            let name = take(bytes, from: at + 30, length: nameLength)
            let content = at + 30 + nameLength + extra
            if at == 0, name == "mimetype", number(bytes, at: at + 8, width: 2) == 0, size < 200,
                content + size <= bytes.count
            {
                mimetype = Array(bytes[content..<content + size])
            }
            guard size > 0 else { return }
            at = content + size
        }
    }

    /// Reads entries of the central directory, found by their signature.
    private mutating func readCentralDirectory(_ bytes: [UInt8]) {
        var at = 0
        while at + 46 <= bytes.count, names.count < Self.namesMax {
            guard bytes[at] == 0x50, number(bytes, at: at, width: 4) == 0x0201_4b50,
                let nameLength = number(bytes, at: at + 28, width: 2)
            else {
                at += 1
                continue
            }
            take(bytes, from: at + 46, length: nameLength)
            at += 46 + nameLength
        }
    }

    @discardableResult
    private mutating func take(_ bytes: [UInt8], from start: Int, length: Int) -> String? {
        guard length > 0, length < 512, start + length <= bytes.count else { return nil }
        // Some programs write backslashes.
        let stored = bytes[start..<start + length].map { $0 == 0x5c ? 0x2f : $0 }
        let name = String(decoding: stored, as: UTF8.self)
        names.insert(name)
        return name
    }

    /// A little-endian number; `nil` past the end.
    private func number(_ bytes: [UInt8], at start: Int, width: Int) -> Int? {
        guard start >= 0, start + width <= bytes.count else { return nil }
        return (0..<width).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
    }
}
