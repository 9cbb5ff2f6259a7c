import Domain
import FoundationEssentials
import Pipeline
import Testing

@testable import Uploading

/// The rules by which an upload is accepted.
@Suite struct UploadRuleTests {
    @Test(arguments: [
        ("tides.txt", "tides.txt"), ("/home/me/tides.txt", "tides.txt"), ("C:\\a\\b.pdf", "b.pdf"),
        ("a\u{202E}gpj.\u{2066}\u{2028}txt", "agpj.txt"), ("a\u{0}\nb", "ab"),
        ("\u{645}\u{6CC}\u{200C}\u{62E}.txt", "\u{645}\u{6CC}\u{200C}\u{62E}.txt"),
    ])
    func `a filename is the visible last component of a path`(path: String, name: String) throws {
        #expect(try Filename(path).text == name)
    }

    @Test(arguments: ["", " ", "/", "..", ".", "a/.", "\n", "\u{200B} \u{FEFF}"])
    func `a name that cannot be seen is refused`(path: String) {
        #expect(throws: UploadRefusal.filenameMissing) { try Filename(path) }
    }

    @Test func `a filename has at most 255 bytes`() throws {
        #expect(try Filename(String(repeating: "a", count: 255)).text.count == 255)
        #expect(throws: UploadRefusal.filenameTooLong(bytesMax: 255)) {
            try Filename(String(repeating: "é", count: 128))
        }
    }

    @Test func `an idempotency key has 1 to 255 bytes`() throws {
        #expect(try IdempotencyKey("k").text == "k")
        for text in ["", String(repeating: "k", count: 256)] {
            #expect(throws: UploadRefusal.idempotencyKeyInvalid(bytesMax: 255)) {
                try IdempotencyKey(text)
            }
        }
    }

    @Test func `a document is neither empty nor too large`() throws {
        let limits = UploadLimits(documentBytesMax: 100, concurrentMax: 1)
        try limits.check(documentBytes: 100)
        #expect(throws: UploadRefusal.empty) { try limits.check(documentBytes: 0) }
        #expect(throws: UploadRefusal.tooLarge(bytesMax: 100)) {
            try limits.check(documentBytes: 101)
        }
        // A body may contain more than the document.
        try limits.check(announcedBytes: 101)
        #expect(throws: UploadRefusal.tooLarge(bytesMax: 100)) {
            try limits.check(announcedBytes: 1 << 20)
        }
    }

    @Test func `the name of the file decides the stored extension, then its declared type`() throws
    {
        func fileExtension(_ name: String, _ type: String) throws -> String {
            UploadRequest(
                tenant: TenantID(), filename: try Filename(name), declaredType: type,
                correlationID: "c"
            ).path.fileExtension
        }
        #expect(try fileExtension("a.md", "application/pdf") == "md")
        #expect(try fileExtension("a", "application/pdf; x=y") == "pdf")
        #expect(try fileExtension("a.exe", "application/octet-stream") == "bin")
    }

    @Test func `a direct upload is completed in time, under the id of its permit`() throws {
        let document = DocumentID(.timeOrdered(milliseconds: 1_700_000_000_000))
        func check(after seconds: Double) throws(UploadRefusal) {
            let now = Date(timeIntervalSince1970: 1_700_000_000 + seconds)
            try DirectUploads.check(document, within: .seconds(1800), at: now)
        }
        try check(after: 1799)
        #expect(throws: UploadRefusal.directUploadExpired) { try check(after: 1800) }
        #expect(throws: UploadRefusal.directUploadUnknown) {
            try DirectUploads.check(DocumentID(UUID()), within: .seconds(1800), at: Date())
        }
    }
}
