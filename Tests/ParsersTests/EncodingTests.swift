import Domain
import Foundation
import Parsers
import Pipeline
import Testing

/// The encoding of a text is recognised from a line of it, or declared by labels.
@Suite(.timeLimit(.minutes(5))) struct EncodingTests {
    private struct Sample {
        var encoding: String
        var language: String
        var bytes: [UInt8]
        var text: String
    }

    private static let samples: [Sample] = {
        let path = (#filePath as NSString).deletingLastPathComponent + "/Fixtures/encodings.tsv"
        let lines = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return lines.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let fields = line.split(separator: "\t").map(String.init)
            return Sample(
                encoding: fields[0], language: fields[1],
                bytes: Array(Data(base64Encoded: fields[2]) ?? Data()), text: fields[3])
        }
    }()

    /// One line of Lithuanian in ISO-8859-4 is read as code page 852.
    @Test func `the encoding of 280 texts is recognised`() async throws {
        #expect(Self.samples.count == 280)
        #expect(Set(Self.samples.map(\.encoding)).count >= 50)
        var wrong: [String] = []
        for sample in Self.samples {
            let parsed = try await Sandbox.parse(sample.bytes, as: .plainText).markdown
            let line = parsed.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            if line != sample.text {
                wrong.append("\(sample.encoding) \(sample.language): \(line)")
            }
        }
        #expect(wrong.count <= 1, "\(wrong.joined(separator: "\n"))")
    }

    @Test func `each of the 280 texts is a text`() {
        for sample in Self.samples {
            let document = DocumentSample(
                head: sample.bytes, tail: sample.bytes, length: sample.bytes.count)
            let detection = TypeSniffer.detect(document, filename: "a.txt", declared: nil)
            #expect(
                detection.type == .supported(.plainText), "\(sample.encoding) \(sample.language)")
        }
    }

    @Test(
        arguments: [
            ("<meta charset=iso-8859-1>", [0x80, 0x93, 0x61, 0x94, 0xe4], "€“a”ä"),
            ("<meta http-equiv='Content-Type' content='text/html; charset=us-ascii'>", [0x92], "’"),
            ("<?xml version='1.0' encoding='latin1'?>", [0x85, 0xe9], "…é"),
            ("<meta charset=iso-8859-9>", [0xfe, 0xf0, 0x80], "şğ€"),
            ("<meta charset=gb2312>", [0xc4, 0xe3, 0x81, 0x40], "你丂"),
            ("<meta charset=shift_jis>", [0x87, 0x40, 0x93, 0xfa], "①日"),
            ("<meta charset=ks_c_5601-1987>", [0xb0, 0xa1, 0x81, 0x41], "가갂"),
            ("<meta charset=\"x-sjis\">", [0x83, 0x65], "テ"),
            ("<meta charset=utf-16>", [0xc3, 0xa9], "é"),
            ("\u{feff}<meta charset=iso-8859-1>", [0xc3, 0xa9], "é"),
            ("<meta charset=koi8-r>", Array("é".utf8), "é"),
        ] as [(String, [UInt8], String)])
    func `labels mean what they mean in browsers`(
        head: String, bytes: [UInt8], text: String
    ) async throws {
        let page = Array(head.utf8) + Array("<p>".utf8) + bytes
        #expect(try await Sandbox.parse(page, as: .html).markdown == text + "\n")
    }
}
