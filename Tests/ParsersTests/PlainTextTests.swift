import Domain
import Parsers
import Pipeline
import Testing

/// Plain text stays as it is, and its comments are not headings.
@Suite(.timeLimit(.minutes(5))) struct PlainTextTests {
    private func text(_ source: String) async throws -> String {
        try await Sandbox.markdown(source, as: .plainText)
    }

    @Test(arguments: [
        "#!/bin/sh\n# step 1\nset -e\ncp a b\n",
        "# database\nhost: localhost\nport: 5432\n\n# cache\nsize: 5\n",
        "# Section one\n\nlisten = 80\nroot = /srv\n\n# Section two\n\nlisten = 81\n",
        "# from sources\nFROM debian:12\nRUN apt-get install -y x\n# run\nCMD [\"x\"]\n",
        "# Every night\n0 3 * * * /usr/bin/backup --all\n# Weekly\n0 4 * * 0 /usr/bin/prune -f\n",
        "# This file explains\n# itself in two lines.\n\nMain hall\nSide hall\n",
    ])
    func `scripts, settings and comments are code`(source: String) async throws {
        #expect(try await text(source) == "```\n\(source)```\n")
    }

    @Test func `a number sign in prose is escaped`() async throws {
        let source = "Dear all,\nplease note the following about room\n# 5 which is closed.\n"
        #expect(try await text(source) == source.replacing("# 5", with: "\\# 5"))
    }

    @Test(arguments: [
        "# Guide\n\nSome words about it.\n\n## Start\n\nMore words, and a [link](x).\n",
        "# Guide\n\nSome **strong** words about it.\n\n# Start\n\n- one\n- two\n",
        "# Guide\n\nSome words.\n\n```\n# comment\nx = 1\n```\n\n## Next\n\nWords.\n",
        "Two lines\n#hashtag #5\n",
    ])
    func `a text that is evidently Markdown is unchanged`(source: String) async throws {
        #expect(try await text(source) == source)
    }

    @Test(arguments: [
        ("\u{1b}[32m2026\u{1b}[0m INFO \u{1b}[1;31mERROR\u{1b}[m x", "2026 INFO ERROR x"),
        ("\u{1b}]0;title of a window\u{7}a\u{1b}]8;;https://x\u{1b}\\b", "ab"),
        ("a\u{1b}(B\u{1b}[?25l\u{1b}[2Kb\u{1b}7c", "abc"), ("a\u{1b}]no end\nb", "ano end\nb"),
        ("a\u{1b}\nb\u{1b}", "a\nb"),
    ])
    func `escape sequences go whole`(source: String, result: String) async throws {
        #expect(try await text(source) == result + "\n")
    }
}
