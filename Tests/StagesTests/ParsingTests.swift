import BlobStores
import Crypto
import Domain
import Foundation
import Parsing
import Pipeline
import Synchronization
import TestSupport
import Testing

/// From stored bytes to a parsed text whose path and hash are in its row.
@Suite(.timeLimit(.minutes(5))) struct ParsingTests {
    static let text = Array("# Title\n\nSome words.\n".utf8)

    @Test(arguments: [
        ("observatory-handbook.pdf", MediaType.pdf, "anemometer"),
        ("railway-conditions.docx", .docx, "avalanches"),
        ("beekeeping-course.pptx", .pptx, "queen"),
        ("museum-inventory.csv", .csv, "inventory"),
    ])
    func `the text of a document is stored with its hash in the row`(
        name: String, type: MediaType, word: String
    ) async throws {
        let url = URL(filePath: Runtime.repository + "/demo/documents/" + name)
        let bytes = try [UInt8](Data(contentsOf: url))
        try await StageFixture.withFixture { fixture in
            let job = try await fixture.accept(bytes, filename: name, mime: type)
            #expect(try await fixture.work(fixture.parsing(), on: job).failure == nil)
            #expect(try await fixture.database.position(job) == "parse_validated/done")
            let text = try await fixture.blobs.read(
                try await fixture.parsed(of: job), bytesMax: 1 << 20)
            #expect(String(decoding: text, as: UTF8.self).lowercased().contains(word))
            #expect(
                try await fixture.database.texts(
                    "SELECT parsed_sha256 FROM upload_pipeline.documents")
                    == [SHA256.hash(data: text).hexadecimal])
        }
    }

    @Test func `a large text is stored completely`() async throws {
        let line = "The dome closes at gale force, whatever the observer says of the sky. "
        let bytes = Array(String(repeating: line + "\u{00E9}\n", count: 50_000).utf8)
        try await StageFixture.withFixture { fixture in
            let job = try await fixture.accept(bytes, filename: "a.txt", mime: .plainText)
            #expect(try await fixture.work(fixture.parsing(), on: job).failure == nil)
            let text = try await fixture.blobs.read(
                try await fixture.parsed(of: job), bytesMax: 8 << 20)
            #expect(text.count > 3 << 20)
            #expect(text.filter { $0 == 10 }.count == 50_000)
            #expect(
                try await fixture.database.texts(
                    "SELECT parsed_sha256 FROM upload_pipeline.documents")
                    == [SHA256.hash(data: text).hexadecimal])
        }
    }

    @Test func `bytes that differ from the accepted ones are not parsed`() async throws {
        try await StageFixture.withFixture { fixture in
            let cases: [([UInt8], String)] = [
                (Self.text.reversed(), "hash_mismatch"), (Self.text + [10], "size_mismatch"),
            ]
            for (bytes, code) in cases {
                let job = try await fixture.accept(Self.text)
                try await fixture.blobs.put(bytes, at: try await fixture.raw(of: job))
                let failure = try await fixture.work(fixture.parsing(), on: job).failure
                #expect(failure?.code.rawValue == code)
                #expect(failure?.class == .permanent)
            }
            let gone = try await fixture.accept(Self.text)
            try await fixture.blobs.delete(try await fixture.raw(of: gone))
            let failure = try await fixture.work(fixture.parsing(), on: gone).failure
            #expect(failure?.code == .storage(.blobMissing))
            #expect(failure?.class == .permanent)
        }
    }

    @Test func `a path outside the store is refused`() async throws {
        try await StageFixture.withFixture { fixture in
            let job = try await fixture.accept(Self.text)
            try await fixture.database.script(
                "UPDATE upload_pipeline.documents SET raw_path = 'storage://raw/../../passwd'")
            let failure = try await fixture.work(fixture.parsing(), on: job).failure
            #expect(failure?.code == .database(.badPath))
        }
    }

    @Test func `a text that is blank or has no page of the source is not passed on`() async throws {
        try await StageFixture.withFixture { fixture in
            let cases: [(ParsedDocument, String)] = [
                (
                    ParsedDocument(
                        markdown: " \n\u{c}\n", report: ParseReport(parser: "scripted/1")),
                    "no_text"
                ),
                (
                    ParsedDocument(
                        markdown: "page 1",
                        report: ParseReport(parser: "scripted/1", pages: 3, pagesRead: 0)),
                    "pages_missing"
                ),
            ]
            for (answer, code) in cases {
                let job = try await fixture.accept(Self.text)
                let parser = ScriptedParser { _ throws(JobFailure) in answer }
                let failure = try await fixture.work(
                    fixture.parsing(with: parser), on: job
                ).failure
                #expect(failure?.code.rawValue == code)
                #expect(failure?.class == .permanent)
                #expect(try await fixture.database.position(job) == "parsing/working")
            }
        }
    }

    @Test func `an interrupted parse starts again from the beginning`() async throws {
        try await StageFixture.withFixture { fixture in
            let job = try await fixture.accept(Self.text)
            let flaky = ScriptedParser { _ throws(JobFailure) in
                throw .transient(.machine(.sandboxUnavailable), "no child could be started")
            }
            let failure = try await fixture.work(fixture.parsing(with: flaky), on: job).failure
            #expect(failure?.code == .machine(.sandboxUnavailable))
            #expect(try await fixture.database.position(job) == "parsing/working")
            try await fixture.retry(job)
            #expect(try await fixture.work(fixture.parsing(), on: job).failure == nil)
            #expect(try await fixture.database.position(job) == "parse_validated/done")
        }
    }

    @Test func `a parse with a lost claim does not change the row`() async throws {
        try await StageFixture.withFixture { fixture in
            let job = try await fixture.accept(Self.text)
            let parser = ScriptedParser { _ throws(JobFailure) in
                do {
                    try await fixture.stealClaims()
                } catch {
                    throw .permanent(.machine(.notEncodable), "\(error)")
                }
                return ParsedDocument(markdown: "late", report: ParseReport(parser: "scripted/1"))
            }
            let failure = try await fixture.work(
                fixture.parsing(with: parser), on: job
            ).failure
            #expect(failure?.class == .leaseLost)
            #expect(try await fixture.database.position(job) == "parsing/working")
            #expect(
                try await fixture.database.texts(
                    "SELECT count(*) FROM upload_pipeline.documents WHERE parsed_path IS NULL")
                    == ["1"])
        }
    }

    @Test func `a late parse does not change the text of the next claim`() async throws {
        try await StageFixture.withFixture { fixture in
            let job = try await fixture.accept(Self.text)
            let quick = fixture.parsing(
                with: ScriptedParser { _ throws(JobFailure) in
                    ParsedDocument(markdown: "in time", report: ParseReport(parser: "scripted/1"))
                })
            let slow = ScriptedParser { _ throws(JobFailure) in
                do {
                    try await fixture.retry(job)
                    try await fixture.work(quick, on: job)
                } catch {
                    throw .permanent(.machine(.notEncodable), "\(error)")
                }
                return ParsedDocument(markdown: "late", report: ParseReport(parser: "scripted/1"))
            }
            let failure = try await fixture.work(fixture.parsing(with: slow), on: job).failure
            #expect(failure?.class == .leaseLost)
            let text = try await fixture.blobs.read(
                try await fixture.parsed(of: job), bytesMax: 1 << 20)
            #expect(String(decoding: text, as: UTF8.self) == "in time")
        }
    }
}

/// A parser whose result a test scripts.
struct ScriptedParser: DocumentParser {
    let script: @Sendable (SourceDocument) async throws(JobFailure) -> ParsedDocument

    func parse(_ source: SourceDocument) async throws(JobFailure) -> ParsedDocument {
        try await script(source)
    }
}
