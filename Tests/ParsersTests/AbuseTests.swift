import Domain
import Foundation
import Parsers
import Pipeline
import Testing

/// Malicious documents. Each is refused with its code, and the parser stays usable.
@Suite(.timeLimit(.minutes(5))) struct AbuseTests {
    private static func refuses(
        _ bytes: [UInt8], as type: MediaType, _ code: String,
        with parser: LocalParser = Sandbox.parser(), permanent: Bool = true
    ) async throws {
        let failure = await Sandbox.failure(bytes, as: type, with: parser)
        #expect(failure?.code.rawValue == code)
        #expect(failure?.class == (permanent ? .permanent : .transient()))
        let next = try await Sandbox.parse(Array("still alive".utf8), as: .plainText)
        #expect(next.markdown == "still alive\n")
    }

    @Test func `an encrypted PDF and a damaged one have different codes`() async throws {
        let encrypted = try #require(Data(base64Encoded: PDFFile.encryptedBase64))
        try await Self.refuses(Array(encrypted), as: .pdf, "encrypted")
        try await Self.refuses(Array("%PDF-1.4\nnothing".utf8), as: .pdf, "malformed")
    }

    @Test func `a truncated PDF is refused`() async throws {
        let whole = PDFFile.document([[PDFFile.Line(text: "Some words.", y: 700)]])
        for length in [9, 60, 200, whole.count / 2] {
            try await Self.refuses(Array(whole.prefix(length)), as: .pdf, "malformed")
        }
    }

    @Test func `a PDF that contains only images has no text`() async throws {
        try await Self.refuses(PDFFile.document([[], []]), as: .pdf, "no_text")
    }

    @Test func `a flate bomb kills only its own process`() async throws {
        let bomb = try #require(Data(base64Encoded: PDFFile.flateBombBase64))
        let parser = Sandbox.parser(ParserLimits(memoryMB: 256, cpuSeconds: 5))
        let failure = await Sandbox.failure(Array(bomb), as: .pdf, with: parser)
        #expect(failure?.code == .document(.tooLarge))
        #expect(failure?.class == .permanent)
    }

    @Test func `a DTD is refused before its entities are expanded`() async throws {
        let laughs = """
            <!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
            <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>
            <x>&d;</x>
            """
        let external = """
            <!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>
            """
        for document in [laughs, external] {
            try await Self.refuses(OfficeFiles.docx(document: document), as: .docx, "malformed")
        }
    }

    @Test func `unpacking stops at the limit`() async throws {
        var zip = ZipFile()
        zip.add(
            "word/document.xml", deflated: ZipFile.deflatedBlanks(300 << 20), size: 300 << 20)
        try await Self.refuses(zip.bytes, as: .docx, "too_large")
    }

    @Test func `an element with very many attributes is refused before it costs time`() async throws
    {
        let many = (0..<300_000).map { " a\($0)='1'" }.joined()
        let parser = Sandbox.parser(ParserLimits(cpuSeconds: 5))
        let bytes = OfficeFiles.docx(document: "<d\(many)/>")
        let failure = await Sandbox.failure(bytes, as: .docx, with: parser)
        #expect(failure?.code == .document(.tooLarge))
        #expect(failure?.message == "an element has more than 4096 attributes")
        // A quote or an angle bracket in a value ends neither value nor element.
        let tricky = OfficeFiles.docx(
            document: "<d x='>\"' y=\"'&lt;\"><p><r><t>it's \"fine\"</t></r></p></d>")
        #expect(try await Sandbox.parse(tricky, as: .docx).markdown == "it's \"fine\"\n")
        let runs = (0..<5000).map { "<r a='1'><t>\($0) </t></r>" }.joined()
        let commented = OfficeFiles.docx(document: "<d><!-- 5\" pipe --><p>\(runs)</p></d>")
        #expect(try await Sandbox.parse(commented, as: .docx).markdown.hasPrefix("0 1 2 3"))
    }

    @Test(arguments: ["<!-- 5\" pipe -->", "<x><![CDATA[it's]]></x>", "<?note 5\" pipe?>"])
    func `attributes are counted after text with an odd number of quotation marks`(
        text: String
    ) async throws {
        let many = (0..<300_000).map { " a\($0)='1'" }.joined()
        try await Self.refuses(
            OfficeFiles.docx(document: "<d>\(text)<e\(many)/></d>"), as: .docx, "too_large",
            with: Sandbox.parser(ParserLimits(cpuSeconds: 5)))
    }

    /// The parser reads a DTD together with the element after it.
    @Test func `a DTD is refused before the element after it costs time`() async throws {
        let many = (0..<300_000).map { " a\($0)='>'" }.joined()
        try await Self.refuses(
            OfficeFiles.docx(document: "<!DOCTYPE d [<!ENTITY e \"><a b='\">]><d\(many)/>"),
            as: .docx, "malformed", with: Sandbox.parser(ParserLimits(cpuSeconds: 5)))
    }

    @Test(arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian, .utf16])
    func `attributes are counted in UTF-16`(encoding: String.Encoding) async throws {
        func docx(_ document: String) throws -> [UInt8] {
            var zip = ZipFile()
            let text = "<?xml version='1.0' encoding='UTF-16'?>" + document
            zip.add("word/document.xml", Array(try #require(text.data(using: encoding))))
            return zip.bytes
        }
        let many = (0..<300_000).map { " a\($0)='1'" }.joined()
        try await Self.refuses(
            try docx("<d\(many)/>"), as: .docx, "too_large",
            with: Sandbox.parser(ParserLimits(cpuSeconds: 5)))
        let fine = try docx("<d><p><r><t>it\u{2019}s \u{226A}fine\u{226B}</t></r></p></d>")
        #expect(
            try await Sandbox.parse(fine, as: .docx).markdown
                == "it\u{2019}s \u{226A}fine\u{226B}\n")
    }

    /// In these encodings, markup can have other bytes than those that are counted.
    @Test(arguments: ["UTF-7", "UTF-16", "UTF-32", "IBM037", "ISO-2022-JP"])
    func `XML that declares an unsupported encoding is malformed`(name: String) async throws {
        let declaration = "<?xml version='1.0' encoding = \"\(name)\" ?>"
        try await Self.refuses(
            OfficeFiles.docx(document: declaration + "<d/>"), as: .docx, "malformed")
    }

    @Test(arguments: ["ISO-8859-1", "ASCII", "utf8", "latin1", "KOI8-R", "windows-1252"])
    func `XML in a superset of ASCII is read`(name: String) async throws {
        let declaration = "<?xml version='1.0' encoding='\(name)'?>"
        let bytes = OfficeFiles.docx(document: declaration + "<d><p><r><t>fine</t></r></p></d>")
        #expect(try await Sandbox.parse(bytes, as: .docx).markdown == "fine\n")
    }

    @Test func `a flood of entries is refused`() async throws {
        var zip = ZipFile()
        for index in 0..<20_001 { zip.add("word/\(index)", []) }
        try await Self.refuses(zip.bytes, as: .docx, "too_large")
    }

    @Test func `entry names that lead out of the archive are never used as paths`() async throws {
        let bytes = ZipFile.package([
            ("../../../../tmp/millrace-escaped", "x"), ("/etc/cron.d/x", "x"),
            (
                "word/document.xml",
                "<d><p><r><t>fine</t></r></p></d>"
            ),
        ])
        #expect(try await Sandbox.parse(bytes, as: .docx).markdown == "fine\n")
        #expect(!FileManager.default.fileExists(atPath: "/tmp/millrace-escaped"))
    }

    @Test func `an encrypted ODT is reported as encrypted`() async throws {
        let odt = OfficeFiles.odt(body: "", manifest: "<file-entry><encryption-data/></file-entry>")
        try await Self.refuses(odt, as: .odt, "encrypted")
    }

    @Test func `damaged archives and XML are malformed`() async throws {
        let docx = OfficeFiles.docx(body: OfficeFiles.p("text"))
        try await Self.refuses(Array(docx.prefix(docx.count - 30)), as: .docx, "malformed")
        try await Self.refuses(OfficeFiles.docx(document: "<d><p>"), as: .docx, "malformed")
        try await Self.refuses(ZipFile.package([]), as: .docx, "malformed")
    }

    @Test func `documents nested 100,000 deep are handled`() async throws {
        let depth = 100_000
        let html = String(repeating: "<div>", count: depth) + "core"
        #expect(try await Sandbox.markdown(html, as: .html) == "core\n")
        let lists = String(repeating: "<ul><li>", count: depth) + "leaf"
        #expect(try await Sandbox.markdown(lists, as: .html).hasSuffix("- leaf\n"))
        let xml = String(repeating: "<a>", count: depth)
        try await Self.refuses(OfficeFiles.docx(document: xml), as: .docx, "malformed")
    }

    @Test func `HTML with unclosed and crossed tags keeps all its words`() async throws {
        let page = "<p>a<b>b<p>c</b></div></td><table><tr><td>d<table><tr><td>e</tr>f<li>g<h1>h"
        let text = try await Sandbox.markdown(page, as: .html)
        for word in "abcdefgh" { #expect(text.contains(word)) }
    }

    @Test func `Markdown that consists of nested quotes is parsed in bounded time`() async throws {
        let text = String(repeating: "> ", count: 50_000) + "x"
        let parser = Sandbox.parser(ParserLimits(cpuSeconds: 1))
        let failure = await Sandbox.failure(Array(text.utf8), as: .markdown, with: parser)
        #expect(failure == nil || failure?.code == .document(.tooLarge))
    }

    @Test func `more text than the limit is too large`() async throws {
        let parser = Sandbox.parser(ParserLimits(outputBytesMax: 1000))
        let bytes = Array(String(repeating: "word ", count: 300).utf8)
        try await Self.refuses(bytes, as: .plainText, "too_large", with: parser)
        let csv = Array(("a,b\n" + String(repeating: "1,2\n", count: 300)).utf8)
        try await Self.refuses(csv, as: .csv, "too_large", with: parser)
    }
}
