/// The bytes by which files of a type that is not supported are recognised.
struct FileSignature {
    /// Bytes at a place in the file.
    struct Part {
        var offset: Int
        var bytes: [UInt8]
    }

    let name: String
    let parts: [Part]

    private init(_ name: String, _ parts: (Int, [UInt8])...) {
        self.name = name
        self.parts = parts.map { Part(offset: $0.0, bytes: $0.1) }
    }

    func matches(_ head: [UInt8]) -> Bool {
        parts.allSatisfy { part in
            head.count >= part.offset + part.bytes.count
                && head[part.offset...].starts(with: part.bytes)
        }
    }

    private static func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// A signature of letters alone has a second part, so that no text begins like it.
    static let all = images + sounds + fonts + archives + programs + data

    private static let images: [FileSignature] =
        [
            FileSignature("an image (TIFF)", (0, ascii("II+\0"))),
            FileSignature("an image (Photoshop)", (0, ascii("8BPS\0\u{1}"))),
            FileSignature("an image (icon)", (0, [0, 0, 1, 0]), (5, [0])),
            FileSignature("an image (cursor)", (0, [0, 0, 2, 0]), (5, [0])),
            FileSignature("an image (JPEG 2000)", (0, [0, 0, 0, 0x0c, 0x6a, 0x50, 0x20, 0x20])),
            FileSignature("an image (JPEG XL)", (0, [0, 0, 0, 0x0c, 0x4a, 0x58, 0x4c, 0x20])),
            FileSignature("an image (HEIF)", (0, [0]), (4, ascii("ftypheic"))),
            FileSignature("an image (AVIF)", (0, [0]), (4, ascii("ftypavif"))),
            FileSignature("an image (DjVu)", (0, ascii("AT&TFORM"))),
            FileSignature("an image (GIMP)", (0, ascii("gimp xcf "))),
            FileSignature("an image (OpenEXR)", (0, [0x76, 0x2f, 0x31, 0x01])),
            FileSignature("an image (Radiance)", (0, ascii("#?RADIANCE\n"))),
            FileSignature("an image (QOI)", (0, ascii("qoif\0"))),
            FileSignature("an image (WMF)", (0, [0xd7, 0xcd, 0xc6, 0x9a])),
            FileSignature("an image (EMF)", (0, [1, 0, 0, 0]), (40, ascii(" EMF"))),
            FileSignature("a medical image (DICOM)", (128, ascii("DICM"))),
            FileSignature("an image (FITS)", (0, ascii("SIMPLE  ="))),
            FileSignature("a drawing (DWG)", (0, ascii("AC10")), (6, [0])),
        ]
        + (1...6).flatMap { number in
            // Bitmaps, grey maps and pixel maps: a size in figures or a comment follows.
            ascii("123456789#").map {
                FileSignature("an image (PNM)", (0, ascii("P\(number)\n") + [$0]))
            }
        }

    private static let sounds: [FileSignature] =
        [
            FileSignature("sound (WAV)", (0, ascii("RIFF")), (8, ascii("WAVE"))),
            FileSignature("video (AVI)", (0, ascii("RIFF")), (8, ascii("AVI "))),
            FileSignature("sound or video (Ogg)", (0, ascii("OggS\0"))),
            FileSignature("sound (FLAC)", (0, ascii("fLaC")), (4, [0])),
            FileSignature("sound (MIDI)", (0, ascii("MThd\0"))),
            FileSignature("sound (AIFF)", (0, ascii("FORM")), (8, ascii("AIF"))),
            FileSignature("sound (Core Audio)", (0, ascii("caff\0"))),
            FileSignature("sound (Sun)", (0, ascii(".snd\0"))),
            FileSignature("sound (AMR)", (0, ascii("#!AMR"))),
            FileSignature("sound or video (MP4)", (0, [0]), (4, ascii("ftyp"))),
            FileSignature("video (QuickTime)", (0, [0]), (4, ascii("moov"))),
            FileSignature("video (Matroska)", (0, [0x1a, 0x45, 0xdf, 0xa3])),
            FileSignature("video (Flash)", (0, ascii("FLV\u{1}"))),
            FileSignature("sound or video (Windows Media)", (0, [0x30, 0x26, 0xb2, 0x75])),
            FileSignature("video (MPEG)", (0, [0, 0, 1, 0xba])),
            FileSignature("video (MPEG)", (0, [0, 0, 1, 0xb3])),
        ] + [2, 3, 4].map { FileSignature("sound (MP3)", (0, ascii("ID3") + [$0])) }
        + [0xfb, 0xf3, 0xf2].map { FileSignature("sound (MP3)", (0, [0xff, $0])) }
        + [0xf1, 0xf9].map { FileSignature("sound (AAC)", (0, [0xff, $0])) }

    private static let fonts: [FileSignature] = [
        FileSignature("a font (TrueType)", (0, [0, 1, 0, 0, 0])),
        FileSignature("a font (TrueType)", (0, ascii("true\0"))),
        FileSignature("a font (OpenType)", (0, ascii("OTTO\0"))),
        FileSignature("a font collection", (0, ascii("ttcf\0"))),
        FileSignature("a font (WOFF)", (0, ascii("wOFF"))),
        FileSignature("a font (WOFF)", (0, ascii("wOF2"))),
        FileSignature("a font (Type 1)", (0, ascii("%!PS-AdobeFont"))),
        FileSignature("a font (Type 1)", (0, ascii("%!FontType1"))),
        FileSignature("a font (Type 1)", (0, [0x80, 1]), (6, ascii("%!"))),
    ]

    private static let archives: [FileSignature] = [
        FileSignature("compressed data (compress)", (0, [0x1f, 0x9d])),
        FileSignature("compressed data (bzip2)", (0, ascii("BZh")), (4, ascii("1AY&SY"))),
        FileSignature("compressed data (xz)", (0, [0xfd, 0x37, 0x7a, 0x58, 0x5a])),
        FileSignature("compressed data (lzma)", (0, [0x5d, 0, 0])),
        FileSignature("compressed data (lzip)", (0, ascii("LZIP\u{1}"))),
        FileSignature("compressed data (lz4)", (0, [0x04, 0x22, 0x4d, 0x18])),
        FileSignature("compressed data (zstd)", (0, [0x28, 0xb5, 0x2f, 0xfd])),
        FileSignature("an archive (7z)", (0, [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c])),
        FileSignature("an archive (RAR)", (0, ascii("Rar!\u{1a}"))),
        FileSignature("an archive (cabinet)", (0, ascii("MSCF\0"))),
        FileSignature("an archive (ar)", (0, ascii("!<arch>\n"))),
        FileSignature("a package (RPM)", (0, [0xed, 0xab, 0xee, 0xdb])),
        FileSignature("an archive (ZIP)", (0, [0x50, 0x4b, 0x07, 0x08])),
    ]

    private static let programs: [FileSignature] = [
        FileSignature("a program (ELF)", (0, [0x7f, 0x45, 0x4c, 0x46])),
        FileSignature("a program (Windows)", (0, [0x4d, 0x5a, 0x90])),
        FileSignature("a program (Java or macOS)", (0, [0xca, 0xfe, 0xba, 0xbe])),
        FileSignature("a program (macOS)", (0, [0xcf, 0xfa, 0xed, 0xfe])),
        FileSignature("a program (macOS)", (0, [0xce, 0xfa, 0xed, 0xfe])),
        FileSignature("a program (WebAssembly)", (0, ascii("\0asm"))),
        FileSignature("a program (Android)", (0, ascii("dex\n0"))),
        FileSignature("a shortcut (Windows)", (0, [0x4c, 0, 0, 0, 1, 0x14, 2, 0])),
    ]

    private static let data: [FileSignature] =
        [
            FileSignature("a database (SQLite)", (0, ascii("SQLite format 3\0"))),
            FileSignature("a data file (Parquet)", (0, ascii("PAR1\u{15}"))),
            FileSignature("a data file (HDF5)", (0, [0x89, 0x48, 0x44, 0x46])),
            FileSignature("a data file (NetCDF)", (0, ascii("CDF\u{1}"))),
            FileSignature("a data file (Avro)", (0, ascii("Obj\u{1}"))),
            FileSignature("a data file (Arrow)", (0, ascii("ARROW1\0"))),
            FileSignature("a data file (NumPy)", (0, [0x93] + ascii("NUMPY"))),
            FileSignature("a map (shapefile)", (0, [0, 0, 0x27, 0x0a, 0])),
            FileSignature("a translation (gettext)", (0, [0xde, 0x12, 0x04, 0x95])),
            FileSignature("network packets (pcap)", (0, [0xd4, 0xc3, 0xb2, 0xa1])),
            FileSignature("network packets (pcap)", (0, [0xa1, 0xb2, 0xc3, 0xd4])),
            FileSignature("network packets (pcapng)", (0, [0x0a, 0x0d, 0x0d, 0x0a])),
        ] + (2...5).map { FileSignature("a data file (Python pickle)", (0, [0x80, $0])) }
}
