import Domain
import FoundationEssentials
import Glibc

/// The last line of JSON that the sandbox writes.
///
/// Its content is as untrusted as the document. Numbers are range-checked, unknown warnings are
/// dropped, and texts are cut to 200 characters and to printable ASCII.
struct SandboxReport: Decodable {
    var message: String?
    var pages: Int?
    var pagesRead: Int?
    /// Pages whose text was recognised optically.
    var pagesByOcr: Int?
    var encoding: String?
    var warnings: [Warning]?

    struct Warning: Decodable {
        var code: String
        var count: Int
        var page: Int?
    }

    private static let pagesMax = 10_000_000

    init(_ bytes: [UInt8]) {
        let line = bytes.split(separator: UInt8(ascii: "\n")).last ?? []
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let decoded = try? decoder.decode(Self.self, from: Data(line)) else { return }
        self = decoded
    }

    /// The report of a successful parse.
    func parseReport(parser: String) -> ParseReport {
        ParseReport(
            parser: parser, pages: Self.checked(pages), pagesRead: Self.checked(pagesRead),
            pagesByOCR: Self.checked(pagesByOcr), encoding: encoding.map(Self.printable),
            warnings: (warnings ?? []).prefix(ParseWarning.Code.allCases.count).compactMap {
                guard let code = ParseWarning.Code(rawValue: $0.code),
                    let count = Self.checked($0.count)
                else { return nil }
                return ParseWarning(code, count: count, page: Self.checked($0.page))
            })
    }

    /// How often a warning occurred.
    func count(of code: ParseWarning.Code) -> Int {
        let warning = warnings?.first { $0.code == code.rawValue }
        return Self.checked(warning?.count) ?? 0
    }

    private static func checked(_ number: Int?) -> Int? {
        number.flatMap { (0...pagesMax).contains($0) ? $0 : nil }
    }

    private static func printable(_ text: String) -> String {
        let printable = text.unicodeScalars.prefix(200).filter { (0x20..<0x7f) ~= $0.value }
        return String(String.UnicodeScalarView(printable))
    }

    func message(otherwise: String) -> String {
        guard let message, !message.isEmpty else { return otherwise }
        return Self.printable(message)
    }
}

extension SandboxRun.End {
    /// The failure for this end; `nil` for success.
    func failure(_ report: SandboxReport) -> JobFailure? {
        switch self {
        case .exited(0): nil
        case .exited(let status): Self.failure(exitStatus: status, report)
        // Permanent, because each attempt would use the same processor time. Wall-clock time
        // depends on the load of the machine.
        case .signalled(SIGXCPU):
            .permanent(
                .document(.tooLarge), "the document needs more processor time than the limit")
        case .tookTooLong: .transient(.parser(.timeout), "the parser exceeded its time limit")
        case .signalled(let signal):
            .transient(.parser(.crashed), "the parser was terminated by signal \(signal)")
        case .wroteTooMuch:
            .permanent(.document(.tooLarge), "the document contains more text than the limit")
        case .cancelled: .transient(.worker(.cancelled), "the parse was cancelled")
        case .lost:
            .unavailable(.machine(.sandboxUnavailable), "the parse-sandbox program has ended")
        }
    }

    private static func failure(exitStatus status: Int32, _ report: SandboxReport) -> JobFailure {
        let code = SandboxStatus(rawValue: status)?.code ?? .machine(.sandboxUnavailable)
        let message = report.message(otherwise: "\(code), exit status \(status)")
        return switch code {
        case .machine: .unavailable(code, message)
        default: .permanent(code, message)
        }
    }
}

/// The exit statuses of a failed parse, as failure.h defines them.
enum SandboxStatus: Int32, CaseIterable {
    case usage = 10
    case encrypted = 20
    case malformed, tooLarge, noText, unsupportedType
    case sandboxUnavailable

    /// The status as a code of the catalogue.
    var code: FailureCode {
        switch self {
        case .encrypted: .document(.encrypted)
        case .malformed: .document(.malformed)
        case .tooLarge: .document(.tooLarge)
        case .noText: .document(.noText)
        case .unsupportedType: .document(.unsupportedType)
        case .usage, .sandboxUnavailable: .machine(.sandboxUnavailable)
        }
    }
}
