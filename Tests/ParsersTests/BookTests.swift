import Domain
import Parsers
import Pipeline
import Testing

/// How EPUB books and RTF documents are read.
@Suite(.timeLimit(.minutes(5))) struct BookTests {
    private static let container = """
        <container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>
        """

    private static func book(
        chapters: [String], contents: String, extra: [(String, String)] = []
    ) -> [UInt8] {
        let names = chapters.indices.map { "chapter \($0).xhtml" }
        let items = chapters.indices.map {
            #"<item id="c\#($0)" href="chapter%20\#($0).xhtml" "#
                + #"media-type="application/xhtml+xml"/>"#
        }
        // The order of reading is not the order of the files.
        let order = chapters.indices.reversed().map { #"<itemref idref="c\#($0)"/>"# }
        let package = """
            <package><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\
            <dc:title>Tides</dc:title>\
            <dc:creator>Ada Berg</dc:creator><dc:creator>Bo Lund</dc:creator>\
            <dc:language>en</dc:language></metadata><manifest>\(items.joined())\
            <item id="toc" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>\
            <spine toc="toc">\(order.joined())</spine></package>
            """
        var book = ZipFile()
        book.add("mimetype", Array("application/epub+zip".utf8))
        book.add("META-INF/container.xml", Array(container.utf8))
        book.add("OPS/book.opf", Array(package.utf8))
        book.add("OPS/toc.ncx", Array(contents.utf8))
        for (name, text) in zip(names, chapters) { book.add("OPS/" + name, Array(text.utf8)) }
        for (name, text) in extra { book.add(name, Array(text.utf8)) }
        return book.bytes
    }

    private static let contents = """
        <!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" "http://www.daisy.org/ncx.dtd">
        <ncx><navMap><navPoint><navLabel><text>Ebb &amp; Flood</text></navLabel>\
        <content src="chapter%201.xhtml#start"/></navPoint></navMap></ncx>
        """

    @Test func `chapters of a book follow its order of reading, with titles`() async throws {
        let page = { (body: String) in "<!DOCTYPE html><html><body>\(body)</body></html>" }
        let bytes = Self.book(
            chapters: [page("<h1>Second</h1><p>Moon.</p>"), page("<p>The sea&nbsp;rises.</p>")],
            contents: Self.contents)
        #expect(
            try await Sandbox.parse(bytes, as: .epub).markdown == """
                # Tides

                Author: Ada Berg, Bo Lund
                Language: en

                # Ebb & Flood

                The sea rises.

                # Second

                Moon.

                """)
    }

    @Test(arguments: [
        ("http://www.w3.org/2001/04/xmlenc#aes256-cbc", true),
        ("http://www.idpf.org/2008/embedding", false),
    ])
    func `a book is refused as encrypted if more than its fonts is`(
        method: String, isRefused: Bool
    ) async {
        let encryption = """
            <encryption><EncryptedData><EncryptionMethod Algorithm="\(method)"/>\
            </EncryptedData></encryption>
            """
        let bytes = Self.book(
            chapters: ["<p>text</p>"], contents: Self.contents,
            extra: [("META-INF/encryption.xml", encryption)])
        let failure = await Sandbox.failure(bytes, as: .epub)
        #expect(failure?.code == (isRefused ? .document(.encrypted) : nil))
    }

    private static func rtf(_ body: String) async throws(JobFailure) -> String {
        try await Sandbox.markdown("{\\rtf1\\ansi\\ansicpg1252\\deff0 \(body)}", as: .rtf)
    }

    @Test func `headings, lists, notes and links of RTF are kept`() async throws {
        let text = try await Self.rtf(
            #"""
            {\fonttbl{\f0 Arial;}}{\colortbl;\red0;}
            {\stylesheet{\s1 heading 1;}{\s15\outlinelevel1 Abschnitt;}{\*\cs3 heading 1 Char;}}
            {\info{\title no text}}{\header \pard Berth 7 \par}
            \pard\s1 Rules\par\pard\s15 Boats\par
            \pard Fees{\footnote \pard Since 2024.\par} rise.\par
            {\listtext 1.\tab}\pard\ls1 One\par{\listtext\'b7\tab}\pard\ls2\ilvl1 Inner\par
            \pard See {\field{\*\fldinst{HYPERLINK "https://example.org/a"}}{\fldrslt here}}.\par
            {\*\unknown skipped}{\v hidden}{\deleted gone}{\pict 00ff}\pard End\par
            """#)
        #expect(
            text == """
                Berth 7

                # Rules

                ## Boats

                Fees [Since 2024.] rise.

                1. One
                  - Inner

                See here (https://example.org/a).

                End

                """)
    }

    @Test(arguments: [
        (#"Stra\'dfe"#, "Straße"),
        (#"\uc1\u8364?5 \u-10179?\u-8704?"#, "€5 😀"),
        (#"\uc2\u12478\'83\'5d!"#, "ゾ!"),
        (#"{\fonttbl{\f1\fcharset204 A;}}{\f1 \'cf\'f0}"#, "Пр"),
        (#"{\fonttbl{\f1\fcharset128 M;}}{\f1 \'82\'b1\'82\'f1}"#, "こん"),
        (#"a\emdash b\~c\_d\-e\{\}"#, "a—b c‑de{}"),
        (#"{\upr{ansi}{\*\ud{\u964?}}}"#, "τ"),
        (#"m{\super 2}"#, "m²"),
        (#"cut{\b off"#, "cutoff"),
    ])
    func `characters of RTF are decoded`(source: String, expected: String) async throws {
        #expect(try await Self.rtf(source + "\\par") == expected + "\n")
    }

    @Test func `tables of RTF keep merged cells`() async throws {
        let text = try await Self.rtf(
            #"""
            \trowd\trhdr\cellx1000\cellx2000\cellx3000\pard\intbl A\cell B\cell C\cell\row
            \trowd\clvmgf\cellx1000\cellx3000\pard\intbl North\cell wide\cell\row
            \trowd\clvmrg\cellx1000\cellx2000\cellx3000\pard\intbl\cell x\par y\cell z\cell\row
            \pard After\par
            """#)
        #expect(
            text == """
                | A | B | C |
                | --- | --- | --- |
                | North | wide | wide |
                | North | x y | z |

                After

                """)
    }

    @Test func `a page in HTML inside RTF is read as the page`() async throws {
        let text = try await Self.rtf(
            #"""
            \fromhtml1 {\*\htmltag64 <h2>}{\*\htmltag148 }Ports{\*\htmltag72 </h2>}
            {\*\htmltag64 <p>}\htmlrtf {\f0 \htmlrtf0 Quay &amp; pier\htmlrtf }\htmlrtf0
            {\*\htmltag72 </p>}
            """#)
        #expect(text == "## Ports\n\nQuay & pier\n")
    }

    @Test func `groups of RTF nested too deep are refused`() async {
        let deep = "{\\rtf1 " + String(repeating: "{", count: 100_000) + "x"
        let failure = await Sandbox.failure(Array(deep.utf8), as: .rtf)
        #expect(failure?.code == .document(.tooLarge))
    }
}
