import Domain
import Parsers
import Pipeline
import Testing

/// Text of any encoding is converted to one normal form.
@Suite(.timeLimit(.minutes(5))) struct TextTests {
    private func text(_ bytes: [UInt8], as type: MediaType = .plainText) async throws -> String {
        try await Sandbox.parse(bytes, as: type).markdown
    }

    @Test func `text is normalised to NFC and LF, without trailing blanks and control characters`()
        async throws
    {
        let source = "e\u{301}te\u{301}  \r\nA\u{0}B\u{7}\tC\rD\u{2028}E\u{feff}\n\n\n\n\n\nF\u{c}G"
        #expect(
            try await text(Array(source.utf8))
                == "\u{e9}t\u{e9}\nAB\tC\nD\nE\n\n\nF\n\u{c}G\n".replacing(
                    "F\n\u{c}", with: "F\u{c}"))
    }

    @Test func `invalid UTF-8 in a text is repaired, not refused`() async throws {
        let bytes =
            Array("größer, höher, weiter, schöner, älter, kühl ".utf8) + [0xff] + Array("end".utf8)
        #expect(try await text(bytes).hasSuffix("kühl \u{fffd}end\n"))
    }

    @Test(arguments: [false, true], [false, true])
    func `UTF-16 is read with and without a mark`(bigEndian: Bool, marked: Bool) async throws {
        let words = "Grüße aus Köln, with enough Latin text to tell 😀."
        let units = (marked ? [0xfeff] : []) + Array(words.utf16)
        let bytes = units.flatMap { unit in
            bigEndian
                ? [UInt8(unit >> 8), UInt8(unit & 0xff)] : [UInt8(unit & 0xff), UInt8(unit >> 8)]
        }
        #expect(try await text(bytes) == words + "\n")
    }

    @Test func `Windows-1252 text is distinguished from UTF-8`() async throws {
        let bytes = "Der Käse schmeckt süß und die Straße ist naß.".unicodeScalars.map {
            UInt8($0.value)
        }
        #expect(try await text(bytes) == "Der Käse schmeckt süß und die Straße ist naß.\n")
    }

    @Test func `an HTML page is decoded as its meta element declares`() async throws {
        let russian: [UInt8] = [0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]
        let page =
            Array("<meta charset=windows-1251><p>".utf8) + russian + Array("</p>".utf8)
        #expect(try await text(page, as: .html) == "Привет\n")
    }

    @Test func `a document of only blanks has no text`() async {
        #expect(
            await Sandbox.failure(Array(" \n\t\n\u{c}".utf8), as: .plainText)?.code
                == .document(.noText))
        #expect(await Sandbox.failure([], as: .plainText)?.code == .document(.noText))
    }
}
