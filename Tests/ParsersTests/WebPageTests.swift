import Domain
import Parsers
import Pipeline
import Testing

/// Web pages are read as browsers show them.
@Suite(.timeLimit(.minutes(5))) struct WebPageTests {
    private func page(_ html: String) async throws -> String {
        try await Sandbox.markdown(html, as: .html)
    }

    @Test(arguments: [
        ("&num;9 &check; &lbrack;x&rbrack; &dollar;5", "#9 ✓ [x] $5"),
        ("&hellip;&nbsp;&eacute;&Eacute;", "… éÉ"), ("&copy2026 AT&T R&D", "©2026 AT&T R&D"),
        ("&#x80;&#150;&#169;&#1114112;", "€–©\u{fffd}"), ("&NotEqualTilde; &fjlig;", "≂̸ fj"),
        ("&unknown; &;", "&unknown; &;"),
    ])
    func `character references are those of HTML 5`(html: String, text: String) async throws {
        #expect(try await page("<p>\(html)") == text + "\n")
    }

    @Test(arguments: [
        ("10<sup>6</sup> Pa", "10⁶ Pa"), ("120 m<sup>2</sup>", "120 m²"),
        ("H<sub>2</sub>O", "H₂O"), ("x<sup>n+1</sup>", "x^{n+1}"), ("a<sub>max</sub>", "a_{max}"),
        ("10<sup>&minus;3</sup>", "10⁻³"), ("the 1<sup>st</sup>", "the 1st"),
        ("claim<sup><a href='#n'>[1]</a></sup>", "claim[1]"), ("Foo<sup>TM</sup>", "Foo™"),
    ])
    func `raised and lowered text keeps its meaning`(html: String, text: String) async throws {
        #expect(try await page("<p>\(html)</p>") == text + "\n")
    }

    @Test func `values of fields are text`() async throws {
        let form = """
            <form><label>Name</label><input value="Priya Raman"><input type=hidden value=secret>
            <select><option>A<option selected>B-premium</select><textarea>free <b> text</textarea>
            <label><input type=checkbox checked> yes</label> <input type=radio> no
            <input type=password value=hunter2><input type=submit value=Send></form>
            """
        let text = try await page(form)
        #expect(text == "Name Priya Raman\nB-premium free <b> text\n☒ yes ☐ no\n")
    }

    @Test func `cells over rows and columns count for each of them`() async throws {
        let table = """
            <table><caption>Shifts</caption><tr><th>Day<th>Shift<th>Lead</tr>
            <tr><td rowspan=2>Monday<td>Early<td>Ines</tr><tr><td>Late<td>Tomas</tr>
            <tr><td colspan=2>Tuesday<td>Wanda</tr></table>
            """
        #expect(
            try await page(table) == """
                Shifts

                | Day | Shift | Lead |
                | --- | --- | --- |
                | Monday | Early | Ines |
                | Monday | Late | Tomas |
                | Tuesday | Tuesday | Wanda |

                """)
    }

    @Test func `heading rows are those in thead and those of th alone`() async throws {
        let both = """
            <table><thead><tr><th rowspan=2>Lamp<th colspan=2>Price<tr><th>2025<th>2026</thead>
            <tr><th scope=row>Desk<td>10<td>11<tr><th>Total<th>10<th>11</table>
            """
        #expect(
            try await page(both) == """
                | Lamp | Price 2025 | Price 2026 |
                | --- | --- | --- |
                | Desk | 10 | 11 |
                | Total | 10 | 11 |

                """)
        for names in ["<th scope=row>Weight<td>2 kg", "<th>Weight<td>2 kg"] {
            let text = try await page("<table><tr>\(names)<tr><th>Height<td>40 cm</table>")
            #expect(text == "| | |\n| --- | --- |\n| Weight | 2 kg |\n| Height | 40 cm |\n")
        }
    }

    private static let around = """
        <div class="cookie-banner">We use cookies</div><header>Log in</header>
        <nav><ul><li>Home<li>Plumbing</ul></nav>
        """

    @Test(arguments: ["<main>", "<article>", "<div role=main>"])
    func `a page that marks its main text loses what surrounds it`(mark: String) async throws {
        let html = """
            <title>Radiators</title>\(Self.around)\(mark)<header><h2>Bleeding</h2></header>
            <p>Wait twenty minutes.<aside>A note of the article</aside></\(mark.dropFirst())
            <aside>Related articles</aside><footer>Imprint</footer>
            """.replacing("</div role=main>", with: "</div>")
        #expect(
            try await page(html)
                == "# Radiators\n\n## Bleeding\n\nWait twenty minutes.\n\nA note of the article\n")
    }

    @Test func `a page without such marks loses its navigation alone`() async throws {
        let text = try await page(Self.around + "<p>Body</p><footer>Imprint</footer>")
        #expect(text == "We use cookies\n\nLog in\n\nBody\n\nImprint\n")
    }

    @Test(arguments: [
        "<nav><a href=a>Chapter one</a> <a href=b>Chapter two</a></nav>",
        "<header><main>Chapter one and chapter two</main></header>",
        "<nav>Chapter one <main>and chapter two</main>",
        "<header>Chapter one and chapter two</header><main></main>",
        "<body style='display:none'>Chapter one and chapter two",
        "<div aria-hidden=true>Chapter one and chapter two</div>",
    ])
    func `marks never cost a page its text`(html: String) async throws {
        let text = try await page(html).lowercased()
        #expect(text.contains("chapter one") && text.contains("chapter two"))
    }

    @Test(arguments: [
        "<p hidden>zzqx</p>", "<p style='color:red; DISPLAY : none'>zzqx</p>",
        "<div style='visibility:hidden'><p>zzqx</p></div>", "<dialog>zzqx</dialog>",
        "<template>zzqx</template>", "<noscript>zzqx</noscript>",
        "<iframe srcdoc='zzqx'>zzqx</iframe>", "<span aria-hidden=true>zzqx</span>",
        "<script>'</p>zzqx'</script>", "<!-- zzqx -->", "<datalist><option>zzqx</datalist>",
    ])
    func `what a browser does not show is left out`(html: String) async throws {
        #expect(try await page("<p>seen</p>\(html)<p>again") == "seen\n\nagain\n")
    }

    @Test func `the shell of an application has no text`() async {
        let shell = "<title>Dashboard</title><div id=root></div><noscript>Enable it</noscript>"
        #expect(
            await Sandbox.failure(Array(shell.utf8), as: .html)?.code == .document(.noText))
    }

    @Test(arguments: [
        ("<a href='https://example.org/keys'>all keys</a>", "all keys (https://example.org/keys)"),
        ("<a href='https://example.org/'>example.org</a>", "example.org"),
        ("<a href='mailto:a@example.org?subject=x'>write</a>", "write (a@example.org)"),
        ("<a href='/x'>rel</a> <a href='#x'>in</a> <a href='javascript:x'>js</a>", "rel in js"),
        ("<nav><a href='https://x.org'>x</a></nav>", "x"),
        ("<base href='https://own.org/a'><a href='https://own.org/b'>own</a>", "own"),
        ("<link rel=canonical href='https://own.org'><a href='//own.org'>own</a>", "own"),
    ])
    func `links to other places show their address`(html: String, text: String) async throws {
        #expect(try await page("<p>\(html)") == text + "\n")
    }

    @Test func `code blocks name their language, terms are with their definitions`() async throws {
        let html = """
            <pre><code class="hljs language-python">f(1 &lt; 2)\n  g()</code></pre>
            <div class=highlight-c><pre>int x;</pre></div><pre>plain</pre>
            <dl><dt>Bulb<dd>LED<dt>Cable<dt>Cord<dd><p>2 m<p>black</dl>
            <h2>Head<a href="#head">¶</a></h2><p><math><mi>x</mi><annotation
            encoding="application/x-tex">x^2</annotation></math> is a square
            """
        #expect(
            try await page(html) == """
                ```python
                f(1 < 2)
                  g()
                ```

                ```c
                int x;
                ```

                ```
                plain
                ```

                Bulb
                LED

                Cable
                Cord
                2 m

                black

                ## Head

                $x^2$ is a square

                """)
    }

    @Test func `title and description come before the text, unless it contains them`() async throws
    {
        let head = "<title>Lamp</title><meta name=description content='A desk lamp.'>"
        #expect(try await page(head + "<p>Body") == "# Lamp\n\nA desk lamp.\n\nBody\n")
        #expect(try await page(head + "<p>A desk lamp. Body") == "# Lamp\n\nA desk lamp. Body\n")
        #expect(try await page(head + "<h1>Own</h1>") == "A desk lamp.\n\n# Own\n")
    }

    @Test(arguments: [
        String(repeating: "<b>", count: 300_000) + String(repeating: "</i>", count: 300_000),
        String(repeating: "<div>", count: 200_000) + String(repeating: "</p>x", count: 200_000),
        String(repeating: "<a b=", count: 400_000), String(repeating: "<!--", count: 400_000),
        String(repeating: "<dl><dt>a", count: 200_000),
        "<table><td>" + String(repeating: "<p>", count: 400_000),
        "<textarea>" + String(repeating: "</t", count: 400_000),
    ])
    func `pages that nest or repeat without end take linear time`(html: String) async throws {
        let parser = Sandbox.parser(ParserLimits(cpuSeconds: 2))
        let failure = await Sandbox.failure(Array((html + "x").utf8), as: .html, with: parser)
        #expect(failure == nil || failure?.code == .document(.noText))
    }
}
