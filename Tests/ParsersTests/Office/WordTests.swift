import Domain
import Parsers
import Pipeline
import Testing

/// What a DOCX shows besides its plain text.
@Suite(.timeLimit(.minutes(5))) struct WordTests {
    private func text(_ body: String, _ file: WordFile = WordFile()) async throws -> String {
        try await Sandbox.parse(file.bytes(body), as: .docx).markdown
    }

    private func lines(_ body: String, _ file: WordFile = WordFile()) async throws -> [String] {
        try await text(body, file).split(separator: "\n").map(String.init)
    }

    @Test func `headings and lists have their automatic numbers`() async throws {
        var file = WordFile()
        let levels =
            WordFile.level(0, "decimal", "%1", #"<w:pStyle w:val="H1"/>"#)
            + WordFile.level(1, "decimal", "%1.%2", #"<w:pStyle w:val="H2"/>"#)
            + WordFile.level(2, "lowerLetter", "(%3)")
        file.add(
            "numbering", "numbering",
            #"<w:abstractNum w:abstractNumId="4">\#(levels)</w:abstractNum>"#
                + #"<w:num w:numId="7"><w:abstractNumId w:val="4"/></w:num>"#)
        file.add(
            "styles", "styles",
            (1...2).map {
                #"<w:style w:styleId="H\#($0)"><w:name w:val="heading \#($0)"/>"#
                    + #"<w:pPr><w:numPr><w:numId w:val="7"/></w:numPr></w:pPr></w:style>"#
            }.joined())
        let heading = { (level: Int, text: String) in
            WordFile.p(WordFile.r(text), #"<w:pStyle w:val="H\#(level)"/>"#)
        }
        let item = { (text: String) in
            WordFile.p(WordFile.r(text), WordFile.number(7, level: 2))
        }
        let body =
            heading(1, "Scope") + heading(1, "Liability") + heading(2, "Cap") + item("fees")
            + heading(2, "Exceptions") + item("negligence") + item("injury")
        #expect(
            try await lines(body, file) == [
                "# 1 Scope", "# 2 Liability", "## 2.1 Cap", "- (a) fees", "## 2.2 Exceptions",
                "- (a) negligence", "- (b) injury",
            ])
    }

    @Test(arguments: [
        ("decimal", "%1.", ["3. a", "4. b"]), ("decimal", "%1)", ["- 3) a", "- 4) b"]),
        ("lowerRoman", "%1.", ["- iii. a", "- iv. b"]),
        ("upperRoman", "%1", ["- III a", "- IV b"]),
        ("upperLetter", "Part %1", ["- Part C a", "- Part D b"]),
        ("decimalZero", "%1", ["- 03 a", "- 04 b"]), ("ordinal", "%1", ["- 3rd a", "- 4th b"]),
        ("ordinalText", "%1", ["- Third a", "- Fourth b"]), ("bullet", "•", ["- a", "- b"]),
        ("none", "", ["- a", "- b"]), ("chineseCounting", "第%1章", ["- 第三章 a", "- 第四章 b"]),
    ])
    func `a number has the format of its level`(
        format: String, label: String, shown: [String]
    ) async throws {
        var file = WordFile()
        let level = WordFile.level(0, format, label, #"<w:start w:val="3"/>"#)
        file.add(
            "numbering", "numbering",
            #"<w:abstractNum w:abstractNumId="0">\#(level)</w:abstractNum>"#
                + #"<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>"#)
        let body = ["a", "b"].map { WordFile.p(WordFile.r($0), WordFile.number(1)) }.joined()
        #expect(try await lines(body, file) == shown)
    }

    @Test func `lists continue each other unless they restart, also in tables`() async throws {
        var file = WordFile()
        file.add(
            "numbering", "numbering",
            #"<w:abstractNum w:abstractNumId="0">\#(WordFile.level(0, "decimal", "%1."))"#
                + WordFile.level(1, "decimal", "%1.%2", #"<w:isLgl/>"#) + "</w:abstractNum>"
                + #"<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>"#
                + #"<w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>"#
                + #"<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">"#
                + #"<w:startOverride w:val="10"/></w:lvlOverride></w:num>"#)
        let item = { (id: Int, level: Int) in
            WordFile.p(WordFile.r("x"), WordFile.number(id, level: level))
        }
        let table =
            "<w:tbl>" + WordFile.row(WordFile.cell("k"), WordFile.cell("v"))
            + "<w:tr><w:tc>\(item(1, 0))</w:tc><w:tc>\(item(1, 0))</w:tc></w:tr></w:tbl>"
        let body =
            item(1, 0) + item(1, 1) + WordFile.p(WordFile.r("between")) + item(2, 0) + table
            + item(3, 0) + item(3, 0)
        #expect(
            try await lines(body, file) == [
                "1. x", "  - 1.1 x", "between", "2. x", "| k | v |", "| --- | --- |",
                "| 3. x | 4. x |", "10. x", "11. x",
            ])
    }

    @Test func `headers and footers are written once, without page numbers`() async throws {
        var file = WordFile()
        let page = { (name: String) in
            #"<w:fldSimple w:instr=" \#(name) ">\#(WordFile.r("3"))</w:fldSimple>"#
        }
        let reference = WordFile.p(WordFile.r("Contract RX-5"))
        file.add("header", "hdr", reference)
        file.add("header", "hdr", reference + WordFile.p(WordFile.r("First page")))
        file.add(
            "footer", "ftr",
            WordFile.p(
                WordFile.r("Halden AS") + "<w:r><w:tab/></w:r>" + WordFile.r("Page ")
                    + page("PAGE") + WordFile.r(" of ") + page("NUMPAGES")))
        file.add("footer", "ftr", WordFile.p(WordFile.r("– ") + page("PAGE") + WordFile.r(" –")))
        #expect(
            try await text(WordFile.p(WordFile.r("Body")), file)
                == "Contract RX-5\nFirst page\nHalden AS\n\nBody\n")
    }

    @Test func `notes follow their sentence, comments their paragraph`() async throws {
        var file = WordFile()
        let note = { (tag: String, id: String, text: String) in
            #"<w:\#(tag) w:id="\#(id)" w:author="Kay">\#(WordFile.p(WordFile.r(text)))</w:\#(tag)>"#
        }
        file.add(
            "footnotes", "footnotes",
            #"<w:footnote w:id="0" w:type="separator">\#(WordFile.p(""))</w:footnote>"#
                + note("footnote", "1", "Not on Sundays.") + note("footnote", "9", "Unused."))
        file.add("endnotes", "endnotes", note("endnote", "1", "See the annex."))
        file.add("comments", "comments", note("comment", "1", "Really?"))
        let reference = { (tag: String) in #"<w:r><w:\#(tag)Reference w:id="1"/></w:r>"# }
        let body = WordFile.p(
            WordFile.r("Open daily.") + reference("footnote") + reference("comment")
                + WordFile.r(" Free.") + reference("endnote"))
        #expect(
            try await text(body, file)
                == """
                Open daily. [Not on Sundays.] Free. [See the annex.] [Comment by Kay: Really?]

                [Unused.]

                """)
    }

    @Test func `raised and lowered text, ticked boxes and hidden text`() async throws {
        let raised = #"<w:vertAlign w:val="superscript"/>"#
        let lowered = #"<w:vertAlign w:val="subscript"/>"#
        let symbol = { (code: String) in
            #"<w:r><w:sym w:font="Wingdings" w:char="\#(code)"/></w:r>"#
        }
        let body =
            WordFile.p(
                WordFile.r("120 m") + WordFile.r("2", raised) + WordFile.r(", 10")
                    + WordFile.r("-", raised) + WordFile.r("6", raised) + WordFile.r(", H")
                    + WordFile.r("2", lowered) + WordFile.r("O, x") + WordFile.r("ab", raised)
                    + WordFile.r(", 1") + WordFile.r("st", raised))
            + WordFile.p(
                symbol("F0FE") + WordFile.r(" yes ") + symbol("F0A8") + WordFile.r(" no")
                    + WordFile.r(" secret", "<w:vanish/>"))
        let parsed = try await Sandbox.parse(WordFile().bytes(body), as: .docx)
        #expect(parsed.markdown == "120 m², 10⁻⁶, H₂O, x^{ab}, 1st\n\n☑ yes ☐ no\n")
    }

    @Test func `addresses of links and alternative texts are in the text`() async throws {
        var file = WordFile()
        file.link("a", to: "https://example.org/terms")
        file.link("b", to: "mailto:kay@example.org")
        let link = { (id: String, text: String) in
            #"<w:hyperlink r:id="\#(id)">\#(WordFile.r(text))</w:hyperlink>"#
        }
        let picture = { (text: String) in
            #"<w:r><w:drawing><wp:docPr descr="\#(text)"/></w:drawing></w:r>"#
        }
        let field =
            #"<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK "#
            + #"&quot;https://x.org/&quot;</w:instrText></w:r>"#
            + #"<w:r><w:fldChar w:fldCharType="separate"/></w:r>\#(WordFile.r("there"))"#
            + #"<w:r><w:fldChar w:fldCharType="end"/></w:r>"#
        let body = WordFile.p(
            link("a", "the terms") + WordFile.r(", ") + link("b", "kay@example.org")
                + WordFile.r(", ") + field + WordFile.r(". ") + picture("Berth 7")
                + picture("i.png")
        )
        #expect(
            try await text(body, file)
                == "the terms (https://example.org/terms), kay@example.org, "
                + "there (https://x.org/). Berth 7\n")
    }

    @Test func `equations are LaTeX`() async throws {
        let run = { (text: String) in "<m:r><m:t>\(text)</m:t></m:r>" }
        let e = { (name: String, content: String) in "<m:\(name)>\(content)</m:\(name)>" }
        let power = e("sSup", e("e", run("x")) + e("sup", run("2")))
        let fraction = e("f", e("num", run("F")) + e("den", run("A")))
        let root = e("rad", e("deg", run("3")) + e("e", run("y")))
        let sum = e(
            "nary",
            #"<m:naryPr><m:chr m:val="∑"/></m:naryPr>"# + e("sub", run("i=1")) + e("sup", run("n"))
                + e("e", run("i")))
        let matrix = e(
            "d",
            e("e", e("m", e("mr", e("e", run("a")) + e("e", run("b"))) + e("mr", e("e", run("c")))))
        )
        for (math, shown) in [
            (power, "$x^{2}$"), (fraction, #"$\frac{F}{A}$"#), (root, #"$\sqrt[3]{y}$"#),
            (sum, #"$\sum_{i=1}^{n} i$"#), (run("a=b"), "a=b"),
            (matrix, #"$(\begin{matrix}a & b \\ c\end{matrix})$"#),
        ] {
            #expect(try await text(WordFile.p(e("oMath", math))) == shown + "\n")
        }
    }

    @Test func `lines in a monospaced font or a style for code become one block`() async throws {
        let font = #"<w:rFonts w:ascii="Courier New"/>"#
        let code = { (line: String) in WordFile.p(WordFile.r(line, font)) }
        let body =
            WordFile.p(WordFile.r("Run:")) + code("def f():") + WordFile.p("")
            + code("    return 1")
            + WordFile.p(WordFile.r("Done.") + WordFile.r("f()", font))
        #expect(
            try await text(body)
                == "Run:\n\n```\ndef f():\n\n    return 1\n```\n\nDone.f()\n")
    }

    @Test func `embedded HTML is read, and names with backslashes are found`() async throws {
        var file = WordFile()
        let id = file.add("aFChunk", name: "part.html", text: "<h2>Part</h2><p>of a page</p>")
        let body = WordFile.p(WordFile.r("Text")) + #"<w:altChunk r:id="\#(id)"/>"#
        #expect(try await text(body, file) == "Text\n\n## Part\n\nof a page\n")
        let windows = WordFile().bytes(WordFile.p(WordFile.r("fine")), separator: "\\")
        #expect(try await Sandbox.parse(windows, as: .docx).markdown == "fine\n")
    }
}
