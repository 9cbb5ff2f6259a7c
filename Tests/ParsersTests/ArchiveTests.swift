import Domain
import Parsers
import Pipeline
import Testing

/// How archives of documents are read.
@Suite(.timeLimit(.minutes(5))) struct ArchiveTests {
    private static let files = [
        ("reports/plan.txt", "the plan"), ("../../etc/x.txt", "x"), ("/abs.txt", "abs"),
        (".hidden", "no"), ("__MACOSX/reports/._plan.txt", "no"), ("Thumbs.db", "no"),
        ("inner.zip", "PK"), ("reports/", ""),
    ]
    private static let list = """
        - reports/plan.txt (8 bytes)
        - etc/x.txt (1 bytes)
        - abs.txt (3 bytes)
        - inner.zip (2 bytes)

        """

    @Test func `the text of a ZIP archive is the list of its files`() async throws {
        var zip = ZipFile()
        for (name, text) in Self.files { zip.add(name, Array(text.utf8)) }
        #expect(try await Sandbox.parse(zip.bytes, as: .zip).markdown == Self.list)
    }

    @Test func `a tar archive and a compressed one are read alike`() async throws {
        var tar = TarFile()
        for (name, text) in Self.files { tar.add(name, Array(text.utf8)) }
        tar.add("link", [], type: "2")
        let bytes = tar.bytes
        #expect(try await Sandbox.parse(bytes, as: .tar).markdown == Self.list)
        #expect(try await Sandbox.parse(TarFile.gzip(bytes), as: .gzip).markdown == Self.list)
    }

    @Test func `long names of a tar archive are whole`() async throws {
        let name = String(repeating: "n", count: 180) + ".txt"
        var gnu = TarFile()
        gnu.add("././@LongLink", Array(name.utf8) + [0], type: "L")
        gnu.add(String(name.prefix(99)), [65])
        var pax = TarFile()
        pax.add("x", Array("\(name.utf8.count + 10) path=\(name)\n".utf8), type: "x")
        pax.add(String(name.prefix(99)), [65])
        for tar in [gnu, pax] {
            let text = try await Sandbox.parse(tar.bytes, as: .tar).markdown
            #expect(text == "- \(name) (1 bytes)\n")
        }
    }

    @Test func `a compressed file that is no archive is one file`() async throws {
        let text = try await Sandbox.parse(TarFile.gzip(Array("a,b".utf8)), as: .gzip).markdown
        #expect(text == "- content (3 bytes)\n")
    }

    @Test func `archives that unpack to more than the limit are refused`() async {
        var zip = ZipFile()
        for index in 0..<3 {
            let size = 100 << 20
            zip.add("\(index).txt", deflated: ZipFile.deflatedBlanks(size), size: size)
        }
        #expect(await Sandbox.failure(zip.bytes, as: .zip)?.code == .document(.tooLarge))
    }

    @Test func `damaged archives are refused`() async {
        var tar = TarFile()
        tar.add("a.txt", [65])
        var damaged = tar.bytes
        damaged[0] ^= 1
        #expect(await Sandbox.failure(damaged, as: .tar)?.code == .document(.malformed))
        let gzip = Array(TarFile.gzip(tar.bytes).prefix(300))
        #expect(await Sandbox.failure(gzip, as: .gzip)?.code == .document(.malformed))
    }
}

/// Builds tar archives for tests.
struct TarFile {
    private var blocks: [UInt8] = []

    mutating func add(_ name: String, _ content: [UInt8], type: Character = "0") {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at start: Int) {
            for (index, byte) in text.utf8.enumerated() { header[start + index] = byte }
        }
        put(name, at: 0)
        put("0000644", at: 100)
        put(Self.octal(content.count, width: 11), at: 124)
        put(name.hasSuffix("/") ? "5" : String(type), at: 156)
        put("ustar", at: 257)
        put("        ", at: 148)
        put(Self.octal(header.reduce(0) { $0 + Int($1) }, width: 6) + "\0", at: 148)
        let padding = [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
        blocks += header + content + padding
    }

    var bytes: [UInt8] { blocks + [UInt8](repeating: 0, count: 1024) }

    /// The bytes as a gzip member, in stored blocks.
    static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]
        for start in stride(from: 0, to: bytes.count, by: 0xffff) {
            let part = bytes[start..<min(start + 0xffff, bytes.count)]
            result.append(start + part.count == bytes.count ? 1 : 0)
            result += le(part.count, 2) + le(~part.count, 2) + part
        }
        return result + le(Int(ZipFile.crc(bytes)), 4) + le(bytes.count, 4)
    }

    private static func octal(_ value: Int, width: Int) -> String {
        let digits = String(value, radix: 8)
        return String(repeating: "0", count: width - digits.count) + digits
    }

    private static func le(_ value: Int, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
