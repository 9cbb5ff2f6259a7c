import Domain
import Parsers
import Pipeline
import Testing

/// Detection of mails, books, records and archives.
@Suite(.timeLimit(.minutes(5))) struct RecordTypeTests {
    private func detect(_ bytes: [UInt8], _ filename: String, declared: String? = nil)
        -> DetectedType
    {
        let max = DocumentSample.bytesMax
        let sample = DocumentSample(
            head: Array(bytes.prefix(max)), tail: Array(bytes.suffix(max)), length: bytes.count)
        return TypeSniffer.detect(sample, filename: filename, declared: declared).type
    }

    private static let mail = """
        Received: from a\r\n by b; Tue, 3 Mar 2026 09:12:00 +0100\r
        From: Rosa <rosa@example.org>\r
        Date: Tue, 3 Mar 2026 09:12:00 +0100\r
        Subject: Los\r
        \r
        %PDF- is not at the start of this text.\r

        """

    @Test(arguments: [
        (Self.mail, "a.txt", MediaType.mail),
        ("From a Tue Mar  3 09:12:00 2026\n" + Self.mail, "a.eml", .mailbox),
        ("From: <Saved by Blink>\nSubject: x\n\n", "a.eml", .savedPage),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nx", "a.txt", .webVTT),
        ("1\r\n00:00:01,000 --> 00:00:02,000\r\nx\r\n", "a.txt", .subRip),
        ("<?xml version=\"1.0\"?><!-- c --><a/>", "a.txt", .xml),
        ("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "a", .xml),
        ("<?xml version=\"1.0\"?><html/>", "a.xml", .html),
        ("{\"cells\": [], \"nbformat\": 4}", "a.json", .notebook),
        ("[{\"a\": 1}]", "a", .json),
        ("{\\rtf1 x}", "a.doc", .rtf),
    ])
    func `the content decides`(text: String, filename: String, type: MediaType) {
        #expect(detect(Array(text.utf8), filename) == .supported(type))
        let utf16 = text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        if type != .rtf { #expect(detect([0xff, 0xfe] + utf16, filename) == .supported(type)) }
    }

    @Test(arguments: [
        "From: Rosa\nTo: Karl\nSubject: memo\n\nA memo in a text file.",
        "From here on, the mail of 2026 is read.\nSubject: mail",
        "From: Rosa\nDate: today\nMessage-ID is a header.\n\nx",
        "[1] Smith, J.: On boats.\n", "{curly} text", "1\n2 --> 3\n", "WEBVTTX",
    ])
    func `a text that is only similar stays a text`(text: String) {
        #expect(detect(Array(text.utf8), "a.txt") == .supported(.plainText))
    }

    @Test func `where the content does not decide, the name does, then the declared type`() {
        let text = Array("Subject: x\n\nbody".utf8)
        #expect(detect(text, "a.eml") == .supported(.mail))
        #expect(detect(text, "a.mht") == .supported(.savedPage))
        #expect(detect(text, "a", declared: "message/rfc822") == .supported(.mail))
        #expect(detect(Array("{\"a\": 1}".utf8), "a.txt") == .supported(.plainText))
        #expect(detect(Array("{\"a\": 1}".utf8), "a.ndjson") == .supported(.jsonLines))
    }

    @Test func `archives are told apart from packages`() {
        var book = ZipFile()
        book.add("mimetype", Array("application/epub+zip".utf8))
        #expect(detect(book.bytes, "a.zip") == .supported(.epub))
        var late = ZipFile()
        for name in ["META-INF/container.xml", "OPS/book.opf"] { late.add(name, [60]) }
        #expect(detect(late.bytes, "a.zip") == .supported(.epub))
        let packages = [
            ("META-INF/MANIFEST.MF", "a program (Java)"),
            ("[Content_Types].xml", "an Office package of another kind"),
            ("Index/Document.iwa", "an Apple iWork document"),
        ]
        for (entry, name) in packages {
            var zip = ZipFile()
            zip.add(entry, [60])
            #expect(detect(zip.bytes, "a.zip") == .unsupported(name))
        }
        var tar = TarFile()
        tar.add("a.txt", [65])
        #expect(detect(tar.bytes, "a.bin") == .supported(.tar))
        #expect(detect(TarFile.gzip(tar.bytes), "a.tgz") == .supported(.gzip))
    }
}
