// Parsers: detects the type of a document and extracts its text.
//
// Invariants: no parser runs inside this process. Every document has its own jailed process
// (parse-sandbox), bounded in memory, processor time, wall-clock time and output, and killed when
// its task is cancelled.
// Neighbours: the DocumentParser and DocumentInspector ports of Pipeline; ParseSandbox.

package import Domain
package import Pipeline

/// Parses documents on this machine, each in its own jail.
package struct LocalParser: DocumentParser {
    private let plain: SandboxPool
    private let recogniser: PageRecogniser?

    /// - Parameters:
    ///   - sandboxPath: the `parse-sandbox` program.
    ///   - pdfiumPath: `libpdfium.so`. Without it, PDF fails as `sandbox_unavailable`.
    ///   - recognition: how pages without text are recognised; `nil` if they are not.
    package init(
        sandboxPath: String, pdfiumPath: String?, limits: ParserLimits = .init(),
        recognition: OpticalRecognition? = nil
    ) {
        let pdfium = pdfiumPath.map { ["--pdfium", $0] } ?? []
        plain = SandboxPool(path: sandboxPath, arguments: pdfium, limits: limits)
        recogniser = recognition.map {
            PageRecogniser(
                sandboxPath: sandboxPath, arguments: pdfium + $0.arguments,
                limits: $0.limits(adding: limits))
        }
    }

    /// Why optical recognition does not work on this machine; `nil` if it does or is off.
    package func recognitionObstacle() async throws(JobFailure) -> String? {
        try await recogniser?.obstacle()
    }

    package func parse(
        _ source: SourceDocument
    ) async throws(JobFailure) -> ParsedDocument {
        guard let type = MediaType(contentType: source.mime) else {
            throw .permanent(
                .document(.unsupportedType), "the local parser does not support this type")
        }
        if type.isImage {
            guard let recogniser else {
                throw .permanent(
                    .document(.unsupportedType),
                    "the document is an image, and optical recognition is off")
            }
            return try await recogniser.parse(type.sandboxFormat, source).document.get()
        }
        let outcome = try await plain.parse(
            type.sandboxFormat, path: source.path, progress: source.progress)
        guard type == .pdf, let recogniser, outcome.lacksText else {
            return try outcome.document.get()
        }
        let recognised = try await recogniser.parse(type.sandboxFormat, source)
        return try outcome.improved(by: recognised).get()
    }
}

extension SandboxPool.Outcome {
    /// Whether a page has no text, and possibly a picture of some.
    fileprivate var lacksText: Bool {
        switch document {
        case .success: report.count(of: .pageWithoutText) > 0
        case .failure(let failure): failure.code == .document(.noText)
        }
    }

    /// The document with its recognised pages. If their recognition failed, the text of the other
    /// pages is worth more than none.
    fileprivate func improved(by recognised: Self) -> Result<ParsedDocument, JobFailure> {
        guard case .failure(let failure) = recognised.document, case .success = document else {
            return recognised.document
        }
        switch failure.code {
        case .document, .parser: return document
        default: return recognised.document
        }
    }
}

extension MediaType {
    /// The name of this type's parser in the sandbox.
    fileprivate var sandboxFormat: String {
        switch self {
        case .pdf: "pdf"
        case .docx: "docx"
        case .pptx: "pptx"
        case .xlsx: "xlsx"
        case .odt: "odt"
        case .odp: "odp"
        case .ods: "ods"
        case .doc: "doc"
        case .xls: "xls"
        case .ppt: "ppt"
        case .msg: "msg"
        case .html: "html"
        case .markdown: "markdown"
        case .plainText: "text"
        case .csv: "csv"
        case .mail: "eml"
        case .mailbox: "mbox"
        case .savedPage: "mhtml"
        case .epub: "epub"
        case .rtf: "rtf"
        case .json, .jsonLines: "json"
        case .notebook: "notebook"
        case .xml: "xml"
        case .webVTT, .subRip: "subtitles"
        case .zip: "zip"
        case .tar: "tar"
        case .gzip: "gzip"
        case .png, .jpeg, .tiff, .webp, .bmp, .gif: "image"
        }
    }
}
