import Domain
import FoundationEssentials
import Glibc

/// The line of JSON with which the sandbox ends.
///
/// What it says is taken as coming from the document: numbers are bounded, the message is cut
/// and kept to printable ASCII.
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
    /// The failure this end means; `nil` for success.
    func failure(_ report: SandboxReport) -> StageFailure? {
        switch self {
        case .exited(0): nil
        case .exited(let status): Self.failure(ofStatus: status, report)
        // Each attempt would use the same processor time again; wall-clock time depends on what
        // else the machine does.
        case .signalled(SIGXCPU):
            .permanent("too_large", "the document needs more processor time than the limit")
        case .tookTooLong: .transient("parser_timeout", "the parser did not end in time")
        case .signalled(let signal):
            .transient("parser_crashed", "the parser was ended by signal \(signal)")
        case .wroteTooMuch:
            .permanent("too_large", "the document holds more text than a parse may give")
        case .cancelled: .transient("cancelled", "the parse was cancelled")
        case .lost: .unavailable("sandbox_unavailable", "the parse-sandbox program has ended")
        }
    }

    /// Exit statuses as in the sandbox's failure.h.
    private static func failure(
        ofStatus status: Int32, _ report: SandboxReport
    ) -> StageFailure {
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
