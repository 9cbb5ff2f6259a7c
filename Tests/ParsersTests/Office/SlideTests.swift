import Domain
import Parsers
import Pipeline
import Testing

/// The order and the parts of slides of a PPTX.
@Suite(.timeLimit(.minutes(5))) struct SlideTests {
    private func text(_ slide: String, notes: String = "") async throws -> String {
        try await Sandbox.parse(OfficeFiles.pptx(slides: [slide], notes: notes), as: .pptx).markdown
    }

    private func box(_ x: Int, _ y: Int, _ width: Int, _ height: Int, _ text: String) -> String {
        "<p:sp>\(place("p:spPr", x, y, width, height))"
            + "<p:txBody><a:p><a:r><a:t>\(text)</a:t></a:r></a:p></p:txBody></p:sp>"
    }

    private func place(_ name: String, _ x: Int, _ y: Int, _ width: Int, _ height: Int) -> String {
        #"<\#(name)><a:xfrm><a:off x="\#(x)" y="\#(y)"/>"#
            + #"<a:ext cx="\#(width)" cy="\#(height)"/></a:xfrm></\#(name)>"#
    }

    private func order(_ slide: String) async throws -> String {
        try await text(slide).split(separator: "\n").joined(separator: " ")
    }

    @Test func `a title of two lines that is drawn last is the first and only heading`()
        async throws
    {
        let slide =
            OfficeFiles.shape(#"<p:ph idx="1"/>"#, ["Churn fell"])
            + OfficeFiles.shape(#"<p:ph type="title"/>"#, ["Quarterly", "review"])
        #expect(try await text(slide) == "## Quarterly review\n\n- Churn fell\n")
    }

    @Test func `boxes are read from top to bottom, and two columns one after the other`()
        async throws
    {
        #expect(
            try await order(box(0, 50, 90, 10, "b") + box(0, 5, 90, 10, "a")) == "a b")
        let columns =
            box(50, 20, 40, 10, "R1") + box(0, 20, 40, 10, "L1") + box(50, 40, 40, 10, "R2")
            + box(0, 40, 40, 10, "L2") + box(0, 80, 90, 10, "foot") + box(0, 0, 90, 10, "head")
        #expect(try await order(columns) == "head L1 L2 R1 R2 foot")
        let labels =
            box(0, 0, 10, 10, "Q1") + box(20, 0, 70, 10, "start") + box(0, 20, 10, 10, "Q2")
            + box(20, 20, 70, 10, "end")
        #expect(try await order(labels) == "Q1 start Q2 end")
    }

    @Test func `a group is read as a whole`() async throws {
        let group =
            "<p:grpSp>\(place("p:grpSpPr", 0, 20, 90, 20))" + box(5, 9, 3, 1, "2")
            + box(5, 2, 3, 1, "1") + "</p:grpSp>"
        #expect(try await order(box(0, 60, 9, 9, "3") + group) == "1 2 3")
    }

    @Test func `numbers, raised text, alternative texts and equations`() async throws {
        let item = { (text: String) in
            #"<a:p><a:pPr><a:buAutoNum type="alphaLcParenR"/></a:pPr>"#
                + "<a:r><a:t>\(text)</a:t></a:r></a:p>"
        }
        let slide =
            "<p:sp><p:txBody>\(item("x"))\(item("y"))<a:p><a:r><a:t>5 m</a:t></a:r>"
            + #"<a:r><a:rPr baseline="30000"/><a:t>2</a:t></a:r></a:p></p:txBody></p:sp>"#
            + #"<p:pic><p:nvPicPr><p:cNvPr descr="Crew on pier 9"/></p:nvPicPr></p:pic>"#
        #expect(try await text(slide) == "- a) x\n- b) y\n\n5 m²\n\nCrew on pier 9\n")
    }

    @Test func `merged cells of a table count for each place`() async throws {
        let cell = { (text: String, more: String) in
            "<a:tc \(more)><a:txBody><a:p><a:r><a:t>\(text)</a:t></a:r></a:p></a:txBody></a:tc>"
        }
        let table =
            #"<a:tbl><a:tblPr firstRow="1"/><a:tr>"#
            + #"\#(cell("Dock", ""))\#(cell("Length", ""))</a:tr>"#
            + #"<a:tr>\#(cell("East", #"rowSpan="2""#))\#(cell("10", ""))</a:tr>"#
            + #"<a:tr>\#(cell("", #"vMerge="1""#))\#(cell("14", ""))</a:tr></a:tbl>"#
        #expect(
            try await text(
                "<p:graphicFrame><a:graphic><a:graphicData>\(table)</a:graphicData></a:graphic>"
                    + "</p:graphicFrame>")
                == "| Dock | Length |\n| --- | --- |\n| East | 10 |\n| East | 14 |\n")
    }

    @Test func `slide numbers are left out and footers are written once`() async throws {
        let footer = OfficeFiles.shape(#"<p:ph type="ftr"/>"#, ["Confidential"])
        let number = OfficeFiles.shape(#"<p:ph type="sldNum"/>"#, ["7"])
        let slides = ["One", "Two"].map { OfficeFiles.shape("", [$0]) + footer + number }
        let parsed = try await Sandbox.parse(
            OfficeFiles.pptx(slides: slides, notes: number), as: .pptx)
        #expect(parsed.markdown == "One\n\nConfidential\n\u{c}Two\n")
    }
}
