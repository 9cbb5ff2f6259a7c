import Glibc

/// How the text of pictures is recognised, and its limits.
package struct OpticalRecognition: Sendable, Equatable {
    /// Path or name of tesseract's library.
    package var library: String
    /// Folder of tesseract's language data.
    package var dataFolder: String
    /// Names of language data, such as `eng`.
    package var languages: [String]
    /// Maximum pages per document. Further pages are left out.
    package var pagesMax: Int
    /// Processor time for one page and for all pages of a document, in seconds.
    package var pageSeconds: Int
    package var documentSeconds: Int
    /// Maximum documents that are recognised at the same time.
    package var concurrentMax: Int

    package init(
        library: String = Self.defaultLibrary, dataFolder: String = Self.defaultDataFolder,
        languages: [String] = ["eng"], pagesMax: Int = 200, pageSeconds: Int = 30,
        documentSeconds: Int = 600, concurrentMax: Int = Self.halfOfProcessors
    ) {
        self.library = library
        self.dataFolder = dataFolder
        self.languages = languages
        self.pagesMax = pagesMax
        self.pageSeconds = pageSeconds
        self.documentSeconds = documentSeconds
        self.concurrentMax = concurrentMax
    }

    package static let defaultLibrary = "libtesseract.so.5"
    /// Where Debian and Ubuntu install language data.
    package static let defaultDataFolder = "/usr/share/tesseract-ocr/5/tessdata"
    /// Half the number of online processors, at least 1.
    package static var halfOfProcessors: Int { max(1, ParserLimits.processors / 2) }

    /// The arguments of `parse-sandbox`.
    var arguments: [String] {
        [
            "--tesseract", library, "--ocr-data", dataFolder,
            "--ocr-languages", languages.joined(separator: "+"), "--ocr-pages", "\(pagesMax)",
            "--ocr-page-seconds", "\(pageSeconds)", "--ocr-seconds", "\(documentSeconds)",
        ]
    }

    /// The limits of a parse with recognition. The sandbox ends recognition by itself when its time
    /// is used up, after the page that it is working on.
    func limits(adding plain: ParserLimits) -> ParserLimits {
        var limits = plain
        limits.cpuSeconds += documentSeconds + pageSeconds
        limits.wallClock += .seconds(2 * (documentSeconds + pageSeconds))
        limits.concurrentMax = concurrentMax
        return limits
    }

    /// The names of all language data in the folder.
    package var installedLanguages: [String] {
        guard let folder = opendir(dataFolder) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".traineddata") { names.append(String(name.dropLast(12))) }
        }
        return names
    }

    /// The languages whose data are not in the folder.
    package var missingLanguages: [String] {
        languages.filter { access("\(dataFolder)/\($0).traineddata", R_OK) != 0 }
    }
}
