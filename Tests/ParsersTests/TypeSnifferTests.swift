import Domain
import Foundation
import Parsers
import Pipeline
import Testing

/// Detection of a document's type from its content rather than its name.
@Suite(.timeLimit(.minutes(5))) struct TypeSnifferTests {
    private func detect(
        _ bytes: [UInt8], _ filename: String = "file", declared: String? = nil
    ) -> Detection {
        let max = DocumentSample.bytesMax
        let sample = DocumentSample(
            head: Array(bytes.prefix(max)), tail: Array(bytes.suffix(max)), length: bytes.count)
        return TypeSniffer.detect(sample, filename: filename, declared: declared)
    }

    @Test func `archives are distinguished by their entries`() {
        let docx = OfficeFiles.docx(body: OfficeFiles.p("x"))
        #expect(detect(docx, "x.bin").type == .supported(.docx))
        #expect(
            detect(OfficeFiles.pptx(slides: [""], notes: "")).type == .supported(.pptx))
        #expect(detect(OfficeFiles.xlsx(sheets: [("a", "")])).type == .supported(.xlsx))
        #expect(detect(OfficeFiles.odt(body: "")).type == .supported(.odt))
        var slides = ZipFile()
        slides.add("mimetype", Array(MediaType.odp.rawValue.utf8))
        #expect(detect(slides.bytes).type == .supported(.odp))
        var backslashes = ZipFile()
        backslashes.add("word\\document.xml", [65])
        #expect(detect(backslashes.bytes).type == .supported(.docx))
        #expect(detect(Workbook.ods(rows: ""), "x.zip").type == .supported(.ods))
        var zip = ZipFile()
        zip.add("readme.txt", [65])
        #expect(detect(zip.bytes, "x.docx").type == .supported(.zip))
    }

    @Test func `a large archive is recognised by its end`() {
        var zip = ZipFile()
        zip.add("media/film", [UInt8](repeating: 7, count: 200_000))
        zip.add("word/document.xml", Array("<d/>".utf8))
        #expect(detect(zip.bytes).type == .supported(.docx))
    }

    @Test func `a PDF with other bytes before its header is recognised`() {
        #expect(detect(Array("%PDF-1.7\n".utf8)).type == .supported(.pdf))
        #expect(detect([0, 1, 2, 10] + Array("%PDF-1.7\n".utf8)).type == .supported(.pdf))
    }

    @Test func `a mislabelled document is recognised by its content`() {
        let elf = detect([0x7f, 0x45, 0x4c, 0x46, 2, 1], "a.pdf", declared: "application/pdf")
        #expect(elf.type == .unsupported("a program (ELF)"))
        #expect(elf.declared == .pdf)
        let html = detect(
            Array(" <!-- x -->\n<!DOCTYPE html><p>%PDF-".utf8), "a.pdf", declared: "application/pdf"
        )
        #expect(html.type == .supported(.html))
        #expect(html.declared == .pdf)
    }

    @Test func `texts are distinguished by their names, then by the declared type`() {
        let text = Array("a,b\n1,2\n".utf8)
        #expect(detect(text, "a.csv").type == .supported(.csv))
        #expect(detect(text, "a.md", declared: "text/plain").type == .supported(.markdown))
        #expect(
            detect(text, "a", declared: "text/markdown; charset=utf-8").type
                == .supported(.markdown))
        #expect(detect(text, "a").type == .supported(.plainText))
    }

    @Test func `text in any encoding is text and binary data is not`() {
        let utf16 = "plain words, many of them".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        #expect(detect(utf16).type == .supported(.plainText))
        let latin = "Straße, Käse, süß".unicodeScalars.map { UInt8($0.value) }
        #expect(detect(latin).type == .supported(.plainText))
        var random = SystemRandomNumberGenerator()
        for size in [16, 300, 70_000] {
            let noise = (0..<size).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            let bytes = [0x00, 0x01, 0xfe] + noise
            #expect(detect(bytes).type == .unsupported("binary data of an unknown type"))
        }
        #expect(detect([]).type == .empty)
        #expect(detect(Array("{\\rtf1".utf8)).type == .supported(.rtf))
    }

    @Test func `a text sample may end inside a character`() {
        let text = Array(String(repeating: "漢字", count: 40_000).utf8)
        #expect(detect(text, "a.txt").type == .supported(.plainText))
    }

    @Test func `every type has one extension that leads back to it`() {
        for type in MediaType.allCases {
            #expect(MediaType(filename: "a.b." + type.fileExtension.uppercased()) == type)
            #expect(MediaType(contentType: " \(type.rawValue.uppercased()) ; x=y") == type)
        }
        #expect(MediaType(filename: "pdf") == nil)
        #expect(MediaType(filename: ".pdf") == nil)
        #expect(MediaType(contentType: "application/octet-stream") == nil)
    }

    @Test func `the inspector returns the hash and the type of a file`() async throws {
        let file = TemporaryFile(Array("abc".utf8))
        let found = try await FileInspector().inspect(
            path: file.path, filename: "a.txt", declaredMIME: "text/plain")
        #expect(found.byteCount == 3)
        #expect(
            found.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(found.mime == "text/plain")
        let empty = TemporaryFile([])
        await #expect(
            throws: JobFailure.permanent(.document(.emptyDocument), "the document is empty")
        ) {
            try await FileInspector().inspect(
                path: empty.path, filename: "a.txt", declaredMIME: "text/plain")
        }
    }
}
