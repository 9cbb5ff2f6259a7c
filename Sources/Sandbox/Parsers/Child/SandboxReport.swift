import Domain
import FoundationEssentials
import Glibc

/// The last line of JSON that the sandbox writes.
///
/// Its content is as untrusted as the document. Numbers are range-checked, and the message is cut
/// to 200 characters and to printable ASCII.
struct SandboxReport: Decodable {
    var message: String?
    var pages: Int?
    var pagesRead: Int?

    private enum CodingKeys: String, CodingKey {
        case message, pages
        case pagesRead = "pages_read"
    }

    private static let pagesMax = 10_000_000

    init(_ bytes: [UInt8]) {
        let line = bytes.split(separator: UInt8(ascii: "\n")).last ?? []
        let decoded = try? JSONDecoder().decode(Self.self, from: Data(line))
        message = decoded?.message
        pages = decoded?.pages.flatMap { (0...Self.pagesMax).contains($0) ? $0 : nil }
        pagesRead = decoded?.pagesRead.flatMap { (0...Self.pagesMax).contains($0) ? $0 : nil }
    }

    func message(otherwise: String) -> String {
        guard let message, !message.isEmpty else { return otherwise }
        let printable = message.unicodeScalars.prefix(200).filter { (0x20..<0x7f) ~= $0.value }
        return String(String.UnicodeScalarView(printable))
    }
}

extension SandboxRun.End {
    /// The failure for this end; `nil` for success.
    func failure(_ report: SandboxReport) -> JobFailure? {
        switch self {
        case .exited(0): nil
        case .exited(let status): Self.failure(ofStatus: status, report)
        // Permanent, because each attempt would use the same processor time. Wall-clock time
        // depends on the load of the machine.
        case .signalled(SIGXCPU):
            .permanent("too_large", "the document needs more processor time than the limit")
        case .tookTooLong: .transient("parser_timeout", "the parser exceeded its time limit")
        case .signalled(let signal):
            .transient("parser_crashed", "the parser was terminated by signal \(signal)")
        case .wroteTooMuch:
            .permanent("too_large", "the document contains more text than the limit")
        case .cancelled: .transient("cancelled", "the parse was cancelled")
        case .lost: .unavailable("sandbox_unavailable", "the parse-sandbox program has ended")
        }
    }

    /// Maps the exit statuses in the sandbox's failure.h.
    private static func failure(
        ofStatus status: Int32, _ report: SandboxReport
    ) -> JobFailure {
        switch status {
        case 20: .permanent("encrypted", report.message(otherwise: "encrypted"))
        case 21: .permanent("malformed", report.message(otherwise: "malformed"))
        case 22: .permanent("too_large", report.message(otherwise: "too large"))
        case 23: .permanent("no_text", report.message(otherwise: "no text"))
        case 24: .permanent("unsupported_type", report.message(otherwise: "unsupported type"))
        default:
            .unavailable(
                "sandbox_unavailable",
                report.message(otherwise: "the parser cannot run (status \(status))"))
        }
    }
}
