import Logging
import Parsers
import ProgramFrame

/// Settings of optical recognition.
enum RecognitionSettings {
    enum Mode: String, CaseIterable, Sendable { case auto, on, off }

    static let mode = Setting<Mode>.choice(
        "ocr",
        "Whether images and pages without text are recognised optically: on, off, or auto, if "
            + "tesseract is installed",
        default: .auto)
    static let languages = Setting<[String]>(
        "ocr-languages",
        "Languages of scanned documents, as names of tesseract's language data joined by +, the "
            + "most frequent one first",
        default: "eng"
    ) { text throws(SettingFault) in
        let names = text.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
        guard names.count <= Self.languagesMax, names.allSatisfy(Self.isName) else {
            throw SettingFault(
                "must be at most \(Self.languagesMax) names such as eng or eng+deu, not '\(text)'")
        }
        return names
    }
    static let library = Setting.text(
        "tesseract-path", "Path or name of tesseract's library",
        default: OpticalRecognition.defaultLibrary)
    static let dataFolder = Setting.text(
        "tessdata-path", "Folder of tesseract's language data",
        default: OpticalRecognition.defaultDataFolder)
    static let pages = Setting.number(
        "ocr-pages-max", "Maximum number of pages of one document that are recognised",
        default: 200, in: 1...10000)
    static let pageTime = Setting.number(
        "ocr-page-seconds", "Limit of processor time for recognising one page, in seconds",
        default: 30, in: 1...3600)
    static let documentTime = Setting.number(
        "ocr-document-seconds",
        "Limit of processor time for recognising all pages of one document, in seconds",
        default: 600, in: 1...36000)
    static let processes = Setting.number(
        "ocr-processes",
        "Maximum number of documents that are recognised at the same time; auto is half of the "
            + "processors, at least 1", or: "auto", in: 1...1000)

    static let declared: [any SettingDeclaration] = [
        mode, languages, library, dataFolder, pages, pageTime, documentTime, processes,
    ]

    private static let languagesMax = 8

    /// Whether a text can be the name of language data: `deu`, `chi_sim`, `script/Latin`.
    private static func isName(_ text: String) -> Bool {
        let name = text.hasPrefix("script/") ? text.dropFirst("script/".count) : text[...]
        return !name.isEmpty && name.count <= 40
            && name.utf8.allSatisfy { byte in
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "_")
                    || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
            }
    }

    /// Adds optical recognition to the local parser, if it is on.
    ///
    /// - Throws: a fault when it is on and not installed, or lacks a language.
    static func parser(
        _ settings: Settings, logger: Logger,
        make: (OpticalRecognition?) -> LocalParser
    ) async throws -> LocalParser {
        guard settings[mode] != .off else { return make(nil) }
        let recognition = OpticalRecognition(
            library: settings[library], dataFolder: settings[dataFolder],
            languages: settings[languages], pagesMax: settings[pages],
            pageSeconds: settings[pageTime], documentSeconds: settings[documentTime],
            concurrentMax: settings[processes] ?? OpticalRecognition.halfOfProcessors)
        let missing = recognition.missingLanguages
        let isInstalled = !recognition.installedLanguages.isEmpty
        if !missing.isEmpty, isInstalled || settings[mode] == .on {
            throw SettingFault(
                """
                \(languages.flag): no language data for \(missing.joined(separator: ", ")) in \
                \(recognition.dataFolder). Debian's packages are named tesseract-ocr-deu and so on
                """)
        }
        let parser = make(recognition)
        var obstacle: String? = "no language data in \(recognition.dataFolder)"
        if isInstalled { obstacle = try await parser.recognitionObstacle() }
        guard let obstacle else { return parser }
        guard settings[mode] == .auto else { throw SettingFault("\(mode.flag): \(obstacle)") }
        logger.notice("optical recognition is off", metadata: ["reason": "\(obstacle)"])
        return make(nil)
    }
}
