import Domain
import Foundation
import Parsers
import Pipeline
import Testing

/// How JSON, XML, notebooks and subtitles are read.
@Suite(.timeLimit(.minutes(5))) struct DataTests {
    @Test func `uniform records of JSON are a table, with escapes decoded`() async throws {
        let json = #"""
            {"title": "Harbour \u00fc\ud83d\ude00", "tags": ["a", "b"], "none": null,
             "boats": [{"id": 1, "owner": {"name": "Ada"}}, {"id": 2, "owner": {"name": "B|o"}}]}
            """#
        #expect(
            try await Sandbox.markdown(json, as: .json) == """
                title: Harbour ü😀

                tags: a, b

                boats

                | id | owner.name |
                | --- | --- |
                | 1 | Ada |
                | 2 | B\\|o |

                """)
    }

    @Test func `other records are lines with the path of each value`() async throws {
        let json = #"[{"q": "Why?", "a": "One.\n\nTwo."}, {"x": {"y": [{"z": 1}]}}, [1, [2]]]"#
        #expect(
            try await Sandbox.markdown(json, as: .json) == """
                q: Why?

                a: One.

                Two.

                x.y 1.z: 1

                1

                2

                """)
    }

    @Test func `lists of JSON are rows, and their first row of texts is the heading row`()
        async throws
    {
        #expect(
            try await Sandbox.markdown(#"[["Port", "m"], ["Kiel", 7], ["Oslo", 5]]"#, as: .json)
                == "| Port | m |\n| --- | --- |\n| Kiel | 7 |\n| Oslo | 5 |\n")
    }

    @Test func `lines of JSON are records, and damaged lines are kept as text`() async throws {
        let lines = """
            {"id": 1, "port": "Kiel"}
            {"id": 2, "port": "Oslo"}
            {"id": 3, broken
            """
        #expect(
            try await Sandbox.markdown(lines, as: .jsonLines) == """
                | id | port |
                | --- | --- |
                | 1 | Kiel |
                | 2 | Oslo |

                {"id": 3, broken

                """)
    }

    @Test func `invalid JSON is plain text, and nesting without end is refused`() async throws {
        #expect(try await Sandbox.markdown(#"{"a": 1,}"#, as: .json) == "{\"a\": 1,}\n")
        for start in ["[", #"{"a":"#] {
            let deep = String(repeating: start, count: 100_000)
            let failure = await Sandbox.failure(Array(deep.utf8), as: .json)
            #expect(failure?.code == .document(.tooLarge))
        }
    }

    @Test func `data and long lists of numbers are not text`() async throws {
        let numbers = (0..<500).map(String.init).joined(separator: ", ")
        let data = String(repeating: "iVBORw0K", count: 100)
        let text = try await Sandbox.markdown(
            #"{"name": "x", "image": "\#(data)", "vector": [\#(numbers)]}"#, as: .json)
        #expect(!text.contains("iVBOR"))
        #expect(text.contains("62, 63, …"))
        #expect(!text.contains("499"))
    }

    @Test func `a notebook is its Markdown, its code and short outputs`() async throws {
        let notebook = #"""
            {"nbformat": 4, "metadata": {}, "cells": [
             {"cell_type": "markdown", "source": ["# Tides\n", "The lag is *48*."]},
             {"cell_type": "code", "source": "print(lag)", "outputs": [
              {"output_type": "stream", "text": ["48\n"]},
              {"output_type": "display_data", "data": {
               "image/png": "iVBORw0K", "text/plain": "<Figure>"}},
              {"output_type": "execute_result", "data": {
               "text/html": ["<table><tr><th>a</th><th>b</th></tr>",
               "<tr><td>1</td><td>2</td></tr></table>"],
               "text/plain": "a\n1"}},
              {"output_type": "error", "ename": "KeyError", "evalue": "\u001b[31m'x'\u001b[0m",
               "traceback": []}]}]}
            """#
        #expect(
            try await Sandbox.markdown(notebook, as: .notebook) == """
                # Tides
                The lag is *48*.

                ```
                print(lag)
                ```

                ```
                48
                ```

                | a | b |
                | --- | --- |
                | 1 | 2 |

                ```
                KeyError: 'x'
                ```

                """)
    }

    @Test func `a long output of a notebook is cut at a line`() async throws {
        let output = (0..<1_000).map { "line \($0)\\n" }.joined()
        let text = try await Sandbox.markdown(
            #"{"cells": [{"cell_type": "code", "source": "x", "#
                + #""outputs": [{"text": "\#(output)"}]}]}"#,
            as: .notebook)
        #expect(text.contains("line 29\n…"))
        #expect(!text.contains("line 30"))
    }

    @Test(arguments: [
        (
            MediaType.webVTT,
            """
            WEBVTT

            NOTE not said

            intro
            00:01.000 --> 00:03.000 align:start
            <v Ada>Welcome to <i>the</i>

            00:03.000 --> 00:05.000
            harbour.

            00:05.000 --> 00:06.000
            <v Bo>Thanks &amp; hello.
            """
        ),
        (
            .subRip,
            """
            1
            00:00:01,000 --> 00:00:03,000
            Ada: Welcome to <i>the</i>

            2
            00:00:03,000 --> 00:00:05,000
            {\\an8}harbour.

            3
            00:00:05,000 --> 00:00:06,000
            Thanks & hello.
            """
        ),
    ])
    func `cues of subtitles are joined to paragraphs`(type: MediaType, source: String) async throws
    {
        let text = try await Sandbox.markdown(source, as: type)
        let expected =
            type == .webVTT
            ? "[00:00:01] Ada: Welcome to the harbour.\n\n[00:00:05] Bo: Thanks & hello.\n"
            : "[00:00:01] Ada: Welcome to the harbour. Thanks & hello.\n"
        #expect(text == expected)
    }

    @Test func `subtitles have a time each minute and after a silence`() async throws {
        let cues = (0..<40).map { cue in
            let at = cue * 3 + (cue > 30 ? 60 : 0)
            return String(
                format: "%d\n00:%02d:%02d,000 --> 00:%02d:%02d,900\nSentence %d.\n", cue, at / 60,
                at % 60, (at + 2) / 60, (at + 2) % 60, cue)
        }
        let text = try await Sandbox.markdown(cues.joined(separator: "\n"), as: .subRip)
        let times = text.split(separator: "\n").map { $0.prefix(10) }
        #expect(times == ["[00:00:00]", "[00:01:00]", "[00:02:33]"])
    }

    @Test func `an article in JATS has its headings, lists, tables and notes`() async throws {
        let article = """
            <!DOCTYPE article PUBLIC "-//NLM//DTD JATS" "JATS-archivearticle1.dtd">
            <article><front><article-meta><title-group><article-title>On <italic>fish</italic>\
            </article-title></title-group></article-meta></front>
            <body><sec><title>Methods</title><p>Boats<fn><p>Two.</p></fn> sail&nbsp;on: <list>
            <list-item><p>north</p></list-item><list-item><p>south</p></list-item></list></p>
            <table-wrap><label>Table 1</label><table><thead><tr><th>A</th><th>B</th></tr></thead>
            <tbody><tr><td rowspan="2">1</td><td>2</td></tr><tr><td>3</td></tr></tbody></table>
            </table-wrap></sec></body></article>
            """
        #expect(
            try await Sandbox.markdown(article, as: .xml) == """
                # On fish

                ## Methods

                Boats [ Two. ] sail on:

                - north
                - south

                Table 1

                | A | B |
                | --- | --- |
                | 1 | 2 |
                | 1 | 3 |

                """)
    }

    @Test func `fields of other XML are lines, and text in a drawing is text`() async throws {
        let data = """
            <?xml version="1.0" encoding="iso-8859-1"?>
            <ports><port id="7"><name>Kiel</name><depth unit="m">12</depth></port></ports>
            """
        #expect(
            try await Sandbox.markdown(data, as: .xml)
                == "port (id: 7)\nname: Kiel\ndepth (unit: m): 12\n")
        let drawing = """
            <svg xmlns="http://www.w3.org/2000/svg"><style>text { fill: red }</style>
            <g><text x="1">Pier <tspan>9</tspan></text></g></svg>
            """
        #expect(try await Sandbox.markdown(drawing, as: .xml) == "Pier 9\n")
    }

    @Test func `malformed XML is plain text, and a DTD is refused`() async throws {
        #expect(try await Sandbox.markdown("<a><b>x</a>", as: .xml) == "<a><b>x</a>\n")
        let entity = #"<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>"#
        let failure = await Sandbox.failure(Array(entity.utf8), as: .xml)
        #expect(failure?.code == .document(.malformed))
    }

    @Test func `attributes are counted after a document type with quotation marks`() async {
        let many = (0..<300_000).map { " a\($0)='1'" }.joined()
        let parser = Sandbox.parser(ParserLimits(cpuSeconds: 5))
        for type in [#"<!DOCTYPE d SYSTEM "it's>">"#, "<!DOCTYPE d SYSTEM 'x' [ ]>"] {
            let failure = await Sandbox.failure(
                Array("\(type)<d\(many)/>".utf8), as: .xml, with: parser)
            #expect(failure?.code == .document(.tooLarge))
            #expect(failure?.message == "an element has more than 4096 attributes")
        }
    }
}
