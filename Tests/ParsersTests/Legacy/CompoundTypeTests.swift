import Domain
import Foundation
import Parsers
import Pipeline
import Testing

/// Detection of Office documents from before 2007 by the names in their container.
@Suite(.timeLimit(.minutes(5))) struct CompoundTypeTests {
    private func type(_ bytes: [UInt8], _ filename: String = "file") async -> String {
        let file = TemporaryFile(bytes)
        do throws(JobFailure) {
            return try await FileInspector().inspect(
                path: file.path, filename: filename, declaredMIME: "application/octet-stream"
            ).mime
        } catch {
            return "\(error)"
        }
    }

    private func file(_ name: String) -> [UInt8] {
        CompoundFile.bytes([
            .stream("\u{5}SummaryInformation", [1]), .stream(name, [1, 2, 3]),
            .storage("ObjectPool", [.stream("Workbook", [1])]),
        ])
    }

    @Test func `documents are distinguished by the names at the root of their container`() async {
        #expect(await type(file("WordDocument")) == MediaType.doc.rawValue)
        #expect(await type(file("workbook"), "a.doc") == MediaType.xls.rawValue)
        #expect(await type(file("Book")) == MediaType.xls.rawValue)
        #expect(await type(file("PowerPoint Document")) == MediaType.ppt.rawValue)
        #expect(await type(file("__properties_version1.0")) == MediaType.msg.rawValue)
    }

    @Test(arguments: [
        ("EncryptedPackage", "protected by a password"), ("VisioDocument", "a Visio drawing"),
        ("Quill", "a Publisher document"), ("Props14", "a plan of Microsoft Project"),
        ("\u{4840}\u{3f3f}", "an installer (MSI)"), ("Catalog", "(thumbs.db)"),
        ("FileHeader", "(HWP)"), ("PP40", "PowerPoint 95"), ("Other", "of an unknown type"),
    ])
    func `other compound files are refused with their name`(
        name: String, description: String
    ) async {
        #expect(await type(file(name), "a.doc").contains(description))
    }

    @Test func `the directory is found between large streams`() async {
        // The directory is neither in the first nor in the last 64 KiB.
        let large = [UInt8](repeating: 7, count: 200_000)
        var bytes = CompoundFile.bytes([
            .stream("a", large), .stream("WordDocument", [UInt8](repeating: 1, count: 5000)),
        ])
        bytes += large
        #expect(await type(bytes) == MediaType.doc.rawValue)
    }

    @Test func `damaged directories end in a refusal`() async {
        let whole = file("WordDocument")
        #expect(await type(Array(whole.prefix(600))).contains("a damaged compound file"))
        // A directory whose chain leads to itself.
        var loop = whole
        let directory = Int(whole[48]) | Int(whole[49]) << 8
        let table = Int(whole[76]) | Int(whole[77]) << 8
        loop.replaceSubrange(
            (table + 1) * 512 + directory * 4..<(table + 1) * 512 + directory * 4 + 4,
            with: UInt32(directory).littleBytes)
        #expect(await type(loop) == MediaType.doc.rawValue)
        // A list of sectors that leads to itself.
        loop.replaceSubrange(68..<72, with: UInt32(0).littleBytes)
        _ = await type(loop)
    }
}
