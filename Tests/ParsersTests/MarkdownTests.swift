import Domain
import Parsers
import Pipeline
import Testing

/// Markdown keeps its form, and what is not Markdown in it is read as what it is.
@Suite(.timeLimit(.minutes(5))) struct MarkdownTests {
    private func text(_ markdown: String) async throws -> String {
        try await Sandbox.markdown(markdown, as: .markdown)
    }

    @Test func `HTML blocks are read as HTML`() async throws {
        let readme = """
            <h1 align="center">Tidewatch</h1>
            <p align="center"><b>Tide alarms</b></p>

            <h2>Install</h2>

            Run `pipx install tidewatch`.

            <table>
            <tr><th>Cabin</th><th>Summer</th></tr>

            <tr><td>Heron</td><td>140 &euro;</td></tr>
            </table>
            <img src="x.png" alt="A harbour">
            """
        #expect(
            try await text(readme) == """
                # Tidewatch

                Tide alarms

                ## Install

                Run `pipx install tidewatch`.

                | Cabin | Summer |
                | --- | --- |
                | Heron | 140 € |

                A harbour

                """)
    }

    @Test(arguments: [
        ("a <b>bold</b> word<br>and H<sub>2</sub>O", "a bold word\nand H₂O"),
        ("<kbd>Ctrl</kbd> &amp; 5 &euro;, AT&T", "Ctrl & 5 €, AT&T"),
        ("`<td>` and ``a ` <b>``", "`<td>` and ``a ` <b>``"),
        ("vector<int>, <name>, <https://x.org>", "vector<int>, <name>, <https://x.org>"),
        ("$a<b>c$ and $$x &lt; y$$", "$a<b>c$ and $$x &lt; y$$"), ("$5 <i>or</i> $6", "$5 or $6"),
        ("see <a href='https://x.org/y'>it</a>", "see it (https://x.org/y)"),
        ("one <!-- hidden --> two", "one  two"), (#"\<b> &notaname;"#, #"\<b> &notaname;"#),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
    ])
    func `HTML inside a line is read, code and formulas are not`(
        source: String, result: String
    ) async throws {
        #expect(try await text("Here: " + source) == "Here: " + result + "\n")
    }

    @Test func `code keeps its tags at any depth`() async throws {
        let source = """
            - item

              ```html
              <td>&amp;</td>
              ```

                  <div>indented</div>

            > ~~~
            > <p>
            > ~~~

            """
        #expect(try await text(source) == source)
    }

    @Test func `tables have one form`() async throws {
        let table = """
            a | b
            --|:-:
            1 | x \\| <b>y</b>
            only |
            """
        #expect(
            try await text(table)
                == """
                | a | b |
                | --- | --- |
                | 1 | x \\| y |
                | only | |

                """.replacing("only | |", with: "only |  |"))
        #expect(
            try await text("| | |\n|-|-|\n| k | v |\n") == "| | |\n| --- | --- |\n| k | v |\n")
    }

    @Test func `links have their addresses, and notes follow the block that refers to them`()
        async throws
    {
        let source = """
            See [the guide][g] and [Home][], but not [this][unknown]. Note[^1] here.

            Another paragraph.

            [g]: https://guide.example "Guide"
            [home]: <https://home.example>
            [spare]: https://spare.example
            [^1]: The note
                continues.
            """
        #expect(
            try await text(source) == """
                See [the guide](https://guide.example) and [Home](https://home.example), \
                but not [this][unknown]. Note[^1] here.

                [^1]: The note
                continues.

                Another paragraph.

                [spare]: https://spare.example

                """)
    }

    @Test(arguments: ["---", "+++"])
    func `front matter is text without its fences`(fence: String) async throws {
        let source = "\(fence)\ntitle: x\n\(fence)\n\nBody\n"
        #expect(try await text(source) == "title: x\n\nBody\n")
    }

    @Test(arguments: [
        String(repeating: "<a b=\"", count: 100_000), String(repeating: "$x ", count: 100_000),
        String(repeating: "<table>\n\n", count: 20_000), String(repeating: "][] ", count: 100_000),
        (0..<900).map { String(repeating: "`", count: $0) + " " }.joined(),
    ])
    func `marks that repeat without end take linear time`(source: String) async throws {
        let parser = Sandbox.parser(ParserLimits(cpuSeconds: 3))
        let failure = await Sandbox.failure(
            Array((source + "x").utf8), as: .markdown, with: parser)
        #expect(failure == nil)
    }
}
