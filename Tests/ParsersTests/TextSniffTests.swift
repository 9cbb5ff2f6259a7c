import Domain
import Parsers
import Testing

/// The decision between text and binary data.
@Suite(.timeLimit(.minutes(5))) struct TextSniffTests {
    private func type(_ bytes: [UInt8]) -> DetectedType {
        let sample = DocumentSample(head: bytes, tail: bytes, length: bytes.count)
        return TypeSniffer.detect(sample, filename: "a.txt", declared: "text/plain").type
    }

    private func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0xee, count: 400)
    }

    @Test(
        arguments: [
            (Array("8BPS\0\u{1}".utf8), "an image (Photoshop)"),
            (Array("P5\n128 120\n255\n".utf8), "an image (PNM)"),
            ([0, 0, 1, 0, 1, 0], "an image (icon)"), (Array("wOF2".utf8), "a font (WOFF)"),
            ([0, 1, 0, 0, 0, 9], "a font (TrueType)"), (Array("OTTO\0".utf8), "a font (OpenType)"),
            (Array("%!PS-AdobeFont-1.0".utf8), "a font (Type 1)"),
            ([0x80, 1, 9, 9, 0, 0] + Array("%!PS".utf8), "a font (Type 1)"),
            ([0, 0, 0, 32] + Array("ftypisom".utf8), "sound or video (MP4)"),
            (Array("RIFF....WAVE".utf8), "sound (WAV)"), (Array("fLaC\0".utf8), "sound (FLAC)"),
            (Array("PAR1\u{15}".utf8), "a data file (Parquet)"),
            ([0x89, 0x48, 0x44, 0x46], "a data file (HDF5)"),
            ([0x80, 4, 0x95], "a data file (Python pickle)"),
            ([UInt8](repeating: 0, count: 128) + Array("DICM".utf8), "a medical image (DICOM)"),
            (Array("AT&TFORM".utf8), "an image (DjVu)"),
            ([0xca, 0xfe, 0xba, 0xbe], "a program (Java or macOS)"),
        ] as [([UInt8], String)])
    func `other files are refused by their names`(start: [UInt8], name: String) {
        #expect(type(padded(start)) == .unsupported(name))
    }

    @Test(arguments: [
        "BMW makes cars", "P1 has 3 open tickets", "true stories", "RIFFs", "ID3 tags",
    ])
    func `a text that begins like a signature is a text`(text: String) {
        #expect(type(Array(text.utf8)) == .supported(.plainText))
    }

    @Test func `noise of high bytes, samples and numbers are binary`() {
        var generator = SystemRandomNumberGenerator()
        func bytes(_ count: Int, _ range: ClosedRange<UInt8>) -> [UInt8] {
            (0..<count).map { _ in UInt8.random(in: range, using: &generator) }
        }
        let unknown = DetectedType.unsupported("binary data of an unknown type")
        for count in [300, 3000, 60_000] {
            #expect(type([0x90] + bytes(count, 0x80...0xff)) == unknown)
            #expect(type([0xa0] + bytes(count, 0xa0...0xff)) == unknown)
            #expect(type([UInt8](repeating: 0xff, count: count)) == unknown)
            #expect(type([0xff, 0xfe] + bytes(count, 0...0xff)) == unknown)
        }
        let numbers = (0..<3000).flatMap { _ in
            [UInt8.random(in: 0...255, using: &generator), UInt8.random(in: 0...3)]
        }
        #expect(type([7, 1] + numbers) == unknown)
    }

    @Test func `a few NULs do not make a text binary, many do`() {
        let line = Array("Pressure held at 14 bar for 30 minutes.".utf8)
        let two = line + [0] + line + [0] + line + line
        #expect(type(two) == .supported(.plainText))
        #expect(
            type(line + [0, 0, 0, 0] + line) == .unsupported("binary data of an unknown type"))
    }
}
