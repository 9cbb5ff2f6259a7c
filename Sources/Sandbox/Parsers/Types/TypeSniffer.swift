import Domain

/// Detects a document's type by its bytes. Name and declaration only distinguish text types.
package enum TypeSniffer {
    /// - Parameters:
    ///   - filename: as uploaded; only its extension is used.
    ///   - declared: the Content-Type of the upload.
    package static func detect(
        _ sample: DocumentSample, filename: String, declared: String?
    ) -> Detection {
        let named = MediaType(filename: filename)
        let stated = declared.flatMap { MediaType(contentType: $0) }
        return Detection(
            type: type(of: sample, named: named, stated: stated), declared: stated ?? named)
    }

    private static func type(
        of sample: DocumentSample, named: MediaType?, stated: MediaType?
    ) -> DetectedType {
        let head = sample.head
        if head.isEmpty { return .empty }
        if head.starts(with: [0x50, 0x4b, 0x03, 0x04]) || head.starts(with: [0x50, 0x4b, 5, 6]) {
            return ZipDirectory(sample).type
        }
        if let compound = sample.compound { return compound.type }
        if head.starts(with: [0x1f, 0x8b]) { return .supported(.gzip) }
        if let image = image(head) { return .supported(image) }
        if let known = FileSignature.all.first(where: { $0.matches(head) }) {
            return .unsupported(known.name)
        }
        if isTar(head) { return .supported(.tar) }
        let markup = MarkupSniff(head)
        if markup.isHTML { return .supported(.html) }
        let records = RecordSniff(sample)
        if let mail = records.mail { return .supported(mail) }
        // PDF readers accept other bytes before the header.
        if contains(Array("%PDF-".utf8), in: head.prefix(1024)) { return .supported(.pdf) }
        guard TextSniff(head, isWhole: sample.length.map { $0 <= head.count } ?? false).isText
        else { return .unsupported("binary data of an unknown type") }
        if markup.isRTF { return .supported(.rtf) }
        if markup.isPostScript { return .unsupported("a PostScript program") }
        if markup.isXML && named != .html { return .supported(.xml) }
        if let type = records.data(isNamed: named != nil || stated != nil) {
            return .supported(type)
        }
        return .supported(textType(named: named, stated: stated))
    }

    /// The text type. The name takes precedence, because browsers send `text/plain` for many types.
    private static func textType(named: MediaType?, stated: MediaType?) -> MediaType {
        for candidate in [named, stated] {
            if let candidate, candidate.isText { return candidate }
        }
        return .plainText
    }

    /// Whether the first block is the header of a tar archive, by its checksum.
    private static func isTar(_ head: [UInt8]) -> Bool {
        guard head.count >= 512 else { return false }
        let field = 148..<156
        let digits = head[field].filter { (0x30...0x37).contains($0) }
        guard head[field].allSatisfy({ (0x30...0x37).contains($0) || $0 == 0x20 || $0 == 0 })
        else { return false }
        // The field itself counts as blanks.
        let sum = head[..<512].reduce(0) { $0 + Int($1) } - head[field].reduce(0) { $0 + Int($1) }
        return Int(String(decoding: digits, as: UTF8.self), radix: 8) == sum + 8 * 0x20
    }

    /// The type of a picture; `nil` for other bytes.
    private static func image(_ head: [UInt8]) -> MediaType? {
        if head.starts(with: [0x89, 0x50, 0x4e, 0x47]) { return .png }
        if head.starts(with: [0xff, 0xd8, 0xff]) { return .jpeg }
        if head.starts(with: Array("GIF8".utf8)) { return .gif }
        if head.starts(with: Array("II*\0".utf8)) { return .tiff }
        if head.starts(with: Array("MM\0*".utf8)) { return .tiff }
        let form = head.dropFirst(8).prefix(4)
        if head.starts(with: Array("RIFF".utf8)), form.elementsEqual("WEBP".utf8) { return .webp }
        // "BM" begins words, too. The four bytes after the length are always zero.
        let reserved = head.dropFirst(6).prefix(4)
        let isBMP = head.starts(with: Array("BM".utf8)) && reserved.elementsEqual([0, 0, 0, 0])
        return isBMP ? .bmp : nil
    }

    static func contains(_ needle: [UInt8], in bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = needle.first, bytes.count >= needle.count else { return false }
        let last = bytes.endIndex - needle.count
        for start in bytes.startIndex...last where bytes[start] == first {
            if bytes[start...].starts(with: needle) { return true }
        }
        return false
    }
}
