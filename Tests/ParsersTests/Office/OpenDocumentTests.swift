import Domain
import Parsers
import Pipeline
import Testing

/// What ODT and ODP show besides their plain text.
@Suite(.timeLimit(.minutes(5))) struct OpenDocumentTests {
    private static let spaces =
        #"xmlns:o="urn:o" xmlns:s="urn:s" xmlns:t="urn:t" xmlns:d="urn:d" xmlns:p="urn:p""#
        + #" xmlns:tb="urn:tb" xmlns:svg="urn:svg" xmlns:x="urn:x" xmlns:m="urn:m""#

    private func package(
        _ type: MediaType, _ body: String, automatic: String = "", styles: String = ""
    ) -> [UInt8] {
        var zip = ZipFile()
        zip.add("mimetype", Array(type.rawValue.utf8))
        let content =
            "<o:document-content \(Self.spaces)><o:automatic-styles>\(automatic)"
            + "</o:automatic-styles><o:body>\(body)</o:body></o:document-content>"
        zip.add("content.xml", Array(content.utf8))
        let common = "<o:document-styles \(Self.spaces)>\(styles)</o:document-styles>"
        zip.add("styles.xml", Array(common.utf8))
        return zip.bytes
    }

    private func odt(
        _ body: String, automatic: String = "", styles: String = ""
    ) async throws -> String {
        try await Sandbox.parse(
            package(.odt, body, automatic: automatic, styles: styles), as: .odt
        ).markdown
    }

    @Test func `headings and lists have their automatic numbers`() async throws {
        let outline =
            #"<t:outline-style><t:outline-level-style t:level="1" s:num-format="1"/>"#
            + #"<t:outline-level-style t:level="2" s:num-format="1" t:display-levels="2"/>"#
            + "</t:outline-style>"
        let list =
            #"<t:list-style s:name="L"><t:list-level-style-number t:level="1" s:num-format="1""#
            + #" s:num-suffix="."/><t:list-level-style-number t:level="2" s:num-format="a""#
            + #" s:num-prefix="(" s:num-suffix=")"/></t:list-style>"#
        let item = { (text: String) in "<t:list-item><t:p>\(text)</t:p></t:list-item>" }
        let body =
            #"<t:h t:outline-level="1">A</t:h><t:h t:outline-level="1">B</t:h>"#
            + #"<t:h t:outline-level="2">C</t:h><t:list t:style-name="L">\#(item("x"))"#
            + "<t:list-item><t:p>y</t:p><t:list>\(item("z"))</t:list></t:list-item></t:list>"
            + #"<t:p>between</t:p><t:list t:style-name="L" t:continue-numbering="true">"#
            + item("w") + #"</t:list><t:list t:style-name="L">\#(item("v"))</t:list>"#
        #expect(
            try await odt(body, automatic: list, styles: outline).split(separator: "\n") == [
                "# 1 A", "# 2 B", "## 2.1 C", "1. x", "2. y", "  - (a) z", "between", "3. w",
                "1. v",
            ])
    }

    @Test func `page headers are written once, and the style Title is a heading`() async throws {
        let styles =
            #"<s:style s:name="Title" s:family="paragraph"/><o:master-styles><s:master-page>"#
            + "<s:header><t:p>Port, D-118</t:p></s:header>"
            + "<s:footer><t:p>Page <t:page-number>3</t:page-number></t:p></s:footer>"
            + "<s:header-first><t:p>Port, D-118</t:p></s:header-first>"
            + "</s:master-page></o:master-styles>"
        let automatic =
            #"<s:style s:name="P1" s:family="paragraph" s:parent-style-name="Title"/>"#
        #expect(
            try await odt(
                #"<t:p t:style-name="P1">Rules</t:p><t:p>Text</t:p>"#, automatic: automatic,
                styles: styles) == "Port, D-118\n\n# Rules\n\nText\n")
    }

    @Test func `comments, links, raised text, hidden text and equations`() async throws {
        let automatic =
            #"<s:style s:name="up" s:family="text"><s:text-properties "#
            + #"s:text-position="super 58%"/></s:style><s:style s:name="no" s:family="text">"#
            + #"<s:text-properties t:display="none"/></s:style>"#
        let body =
            #"<t:p>5 m<t:span t:style-name="up">2</t:span><o:annotation><x:creator>Kay"#
            + #"</x:creator><t:p>check</t:p></o:annotation> "#
            + #"<t:a x:href="https://x.org">there</t:a>"#
            + #"<t:span t:style-name="no">secret</t:span>.</t:p><t:p><d:frame><d:object><m:math>"#
            + "<m:mfrac><m:mi>F</m:mi><m:mi>A</m:mi></m:mfrac></m:math></d:object></d:frame></t:p>"
        #expect(
            try await odt(body, automatic: automatic)
                == "5 m² there (https://x.org). [Comment by Kay: check]\n\n$\\frac{F}{A}$\n")
    }

    @Test func `merged cells count for each row, and rows of the heading are marked`()
        async throws
    {
        let cell = { (text: String, more: String) in
            "<tb:table-cell \(more)><t:p>\(text)</t:p></tb:table-cell>"
        }
        let row = { (cells: String) in "<tb:table-row>\(cells)</tb:table-row>" }
        let body =
            "<tb:table><tb:table-header-rows>\(row(cell("Dock", "") + cell("", "")))"
            + "\(row(cell("", "") + cell("Length", "")))</tb:table-header-rows>"
            + row(cell("East", #"tb:number-rows-spanned="2""#) + cell("10", ""))
            + row("<tb:covered-table-cell/>" + cell("14", "")) + "</tb:table>"
        #expect(
            try await odt(body)
                == "| Dock | Length |\n| --- | --- |\n| East | 10 |\n| East | 14 |\n")
    }

    @Test func `slides of an ODP: title first, boxes by place, hidden slides left out`()
        async throws
    {
        let frame = { (more: String, text: String) in
            "<d:frame \(more)><d:text-box><t:p>\(text)</t:p></d:text-box></d:frame>"
        }
        let at = { (x: Int, y: Int) in
            #"svg:x="\#(x)cm" svg:y="\#(y)cm" svg:width="4cm" svg:height="2cm""#
        }
        let first =
            "<d:page>" + frame(at(1, 9), "last") + frame(at(1, 3), "first")
            + frame(#"p:class="title""#, "Plan") + frame(#"p:class="page-number""#, "1")
            + "<p:notes>\(frame(#"p:class="notes""#, "Speak slowly."))</p:notes></d:page>"
        let hidden = #"<d:page d:style-name="dp">\#(frame("", "secret"))</d:page>"#
        let automatic =
            #"<s:style s:name="dp" s:family="drawing-page">"#
            + #"<s:drawing-page-properties p:visibility="hidden"/></s:style>"#
        let parsed = try await Sandbox.parse(
            package(.odp, first + hidden, automatic: automatic), as: .odp)
        #expect(
            parsed.markdown == "## Plan\n\nfirst\n\nlast\n\nNotes:\n\nSpeak slowly.\n\u{c}")
        #expect(parsed.report.pages == 2)
        #expect(parsed.report.pagesRead == 1)
    }
}
