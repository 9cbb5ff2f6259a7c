import Domain
import Foundation
import Parsers
import Pipeline
import Testing

/// Text that is recognised in images and in pages without text.
@Suite(.timeLimit(.minutes(5))) struct RecognitionTests {
    private static let letter =
        "The ferry leaves the harbour at noon. Every passenger needs a valid ticket, and dogs "
        + "travel free of charge when their owner has reserved a cabin."

    private static func image(_ name: String) throws -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        return Array(try Data(contentsOf: folder.appending(path: "Fixtures/images/\(name)")))
    }

    private static func parser(_ recognition: OpticalRecognition = .init()) -> LocalParser {
        LocalParser(
            sandboxPath: Sandbox.path, pdfiumPath: Sandbox.pdfium, recognition: recognition)
    }

    private static func text(
        of name: String, as type: MediaType, _ recognition: OpticalRecognition = .init()
    ) async throws -> String {
        try await Sandbox.parse(image(name), as: type, with: parser(recognition)).markdown
    }

    @Test(arguments: [
        ("letter.png", MediaType.png), ("letter.jpg", .jpeg), ("letter.webp", .webp),
        ("letter.bmp", .bmp), ("letter.gif", .gif), ("cmyk.jpg", .jpeg),
        ("sixteen-bit.png", .png), ("transparent.png", .png),
    ])
    func `the lines of an image become a paragraph`(name: String, type: MediaType) async throws {
        let text = try await Self.text(of: name, as: type)
        #expect(text.trimmingCharacters(in: .whitespacesAndNewlines) == Self.letter)
    }

    @Test(arguments: [("sideways.jpg", MediaType.jpeg), ("upside-down.png", .png)])
    func `a turned image is read upright`(name: String, type: MediaType) async throws {
        let text = try await Self.text(of: name, as: type)
        #expect(text.trimmingCharacters(in: .whitespacesAndNewlines) == Self.letter)
    }

    @Test func `each page of a TIFF file is a page`() async throws {
        let parsed = try await Sandbox.parse(
            Self.image("letter.tiff"), as: .tiff, with: Self.parser())
        #expect(parsed.report.pages == 2)
        let pages = parsed.markdown.split(separator: "\u{c}")
        #expect(pages.first?.contains("The ferry leaves the harbour") == true)
        #expect(pages.last?.contains("The crew checks all the lifeboats before the ship") == true)
    }

    @Test func `pages above the limit are left out`() async throws {
        let text = try await Self.text(of: "letter.tiff", as: .tiff, .init(pagesMax: 1))
        #expect(text.contains("The ferry leaves"))
        #expect(!text.contains("The crew"))
    }

    @Test func `a photo has no text`() async throws {
        let failure = await Sandbox.failure(
            try Self.image("photo.jpg"), as: .jpeg, with: Self.parser())
        #expect(failure?.code == .document(.noText))
    }

    @Test func `a scan between pages of text is recognised in its place`() async throws {
        let scan = PDFFile.withScan(
            jpeg: try Self.image("letter.jpg"), width: 1000, height: 420,
            before: "Cover sheet of the tariff", after: "Signatures of both parties")
        let parsed = try await Sandbox.parse(scan, as: .pdf, with: Self.parser())
        let pages = parsed.markdown.split(separator: "\u{c}").map {
            $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        #expect(
            pages == ["Cover sheet of the tariff", Self.letter, "Signatures of both parties"])
        let plain = try await Sandbox.parse(scan, as: .pdf)
        #expect(plain.markdown.contains("Cover sheet"))
        #expect(!plain.markdown.contains("ferry"))
    }

    @Test func `an image is refused when recognition is off`() async throws {
        let failure = await Sandbox.failure(try Self.image("letter.png"), as: .png)
        #expect(failure?.code == .document(.unsupportedType))
        #expect(failure?.message.contains("optical recognition is off") == true)
    }

    @Test func `damaged images and those with too many pixels are refused`() async throws {
        let whole = try Self.image("letter.png")
        let cut = Array(whole.prefix(60))
        let parser = Self.parser()
        let damaged = await Sandbox.failure(cut, as: .png, with: parser)
        #expect(damaged?.code == .document(.malformed))
        // The width and height are at byte 16.
        var huge = whole
        huge.replaceSubrange(16..<24, with: [0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60])
        huge[25] = 2
        let refused = await Sandbox.failure(huge, as: .png, with: parser)
        #expect(refused?.code == .document(.tooLarge) || refused?.code == .document(.malformed))
        for offset in stride(from: 30, to: whole.count, by: 331) {
            var bytes = whole
            bytes[offset] ^= 0x55
            let failure = await Sandbox.failure(bytes, as: .png, with: parser)
            #expect(failure?.code != .parser(.crashed), "byte \(offset)")
        }
    }

    @Test func `a missing library or language is an obstacle`() async throws {
        #expect(try await Self.parser().recognitionObstacle() == nil)
        let library = OpticalRecognition(library: "/nonexistent/libtesseract.so")
        #expect(
            try await Self.parser(library).recognitionObstacle()
                == "the tesseract library cannot be loaded")
        let language = OpticalRecognition(languages: ["eng", "xyz_none"])
        #expect(language.missingLanguages == ["xyz_none"])
        #expect(language.installedLanguages.contains("eng"))
        #expect(try await Sandbox.parser().recognitionObstacle() == nil)
    }

    @Test func `documents beyond the slots of recognition return to the queue`() async throws {
        let parser = Self.parser(.init(concurrentMax: 1))
        let bytes = try Self.image("letter.png")
        let failures = await withTaskGroup(of: JobFailure?.self) { group in
            for _ in 0..<6 {
                group.addTask { await Sandbox.failure(bytes, as: .png, with: parser) }
            }
            return await group.reduce(into: [JobFailure?]()) { $0.append($1) }
        }
        let busy = failures.compactMap { $0 }
        #expect(busy.count <= 4)
        #expect(busy.count >= 1)
        #expect(busy.allSatisfy { $0.code == .parser(.recognitionBusy) })
        #expect(busy.allSatisfy { $0.class == .unavailable(for: .seconds(60)) })
    }

    @Test func `images are detected by their bytes`() throws {
        let names: [(String, MediaType)] = [
            ("letter.png", .png), ("letter.jpg", .jpeg), ("letter.webp", .webp),
            ("letter.bmp", .bmp), ("letter.gif", .gif), ("letter.tiff", .tiff),
        ]
        for (name, type) in names {
            let bytes = try Self.image(name)
            let sample = DocumentSample(head: bytes, tail: bytes, length: bytes.count)
            let found = TypeSniffer.detect(sample, filename: "a.txt", declared: "text/plain")
            #expect(found.type == .supported(type))
        }
        let text = Array("BMW and Audi\n".utf8)
        let sample = DocumentSample(head: text, tail: text, length: text.count)
        let found = TypeSniffer.detect(sample, filename: "a.txt", declared: nil)
        #expect(found.type == .supported(.plainText))
    }
}
