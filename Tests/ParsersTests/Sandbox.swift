import Domain
import Foundation
import Parsers
import Pipeline
import TestSupport

/// Runs the sandbox for tests.
enum Sandbox {
    static let path = Runtime.program("parse-sandbox")
    static let pdfium = Runtime.path + "/pdfium/libpdfium.so"

    static func parser(_ limits: ParserLimits = ParserLimits()) -> LocalParser {
        LocalParser(sandboxPath: path, pdfiumPath: pdfium, limits: limits)
    }

    /// Writes the bytes to a file and parses it as the given type. Drops the form feed that ends
    /// the last page.
    static func parse(
        _ bytes: [UInt8], as type: MediaType, with parser: LocalParser = Sandbox.parser()
    ) async throws(JobFailure) -> ParsedDocument {
        var parsed = try await parseWhole(bytes, as: type, with: parser)
        if parsed.markdown.unicodeScalars.last == "\u{0C}" {
            parsed.markdown.unicodeScalars.removeLast()
        }
        return parsed
    }

    /// Writes the bytes to a file and parses it as the given type.
    static func parseWhole(
        _ bytes: [UInt8], as type: MediaType, with parser: LocalParser = Sandbox.parser()
    ) async throws(JobFailure) -> ParsedDocument {
        let file = TemporaryFile(bytes)
        return try await parser.parse(
            SourceDocument(
                path: file.path, mime: type.rawValue, filename: "a.\(type.fileExtension)",
                byteCount: bytes.count, subject: CallSubject(tenant: TenantID()),
                progress: Progress(), tickets: NoTickets()))
    }

    static func markdown(_ text: String, as type: MediaType) async throws(JobFailure) -> String {
        try await parse(Array(text.utf8), as: type).markdown
    }

    /// The failure with which a document is refused; `nil` if it is parsed.
    static func failure(
        _ bytes: [UInt8], as type: MediaType, with parser: LocalParser = Sandbox.parser()
    ) async -> JobFailure? {
        do throws(JobFailure) {
            _ = try await parse(bytes, as: type, with: parser)
            return nil
        } catch {
            return error
        }
    }
}

/// A file that is deleted with this object.
final class TemporaryFile: Sendable {
    let path: String

    init(_ bytes: [UInt8]) {
        path = NSTemporaryDirectory() + "millrace-parsers-\(UUID().uuidString)"
        guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
            fatalError("no file can be made at \(path)")
        }
    }

    deinit { unlink(path) }
}
