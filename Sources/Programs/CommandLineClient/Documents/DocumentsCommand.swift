import ArgumentParser
import Domain
import Glibc
import NIOCore

/// `millrace documents`
struct DocumentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "documents",
        abstract: "Lists, shows, downloads and deletes documents.",
        subcommands: [
            DocumentsListCommand.self, DocumentsShowCommand.self, DocumentsTextCommand.self,
            DocumentsDownloadCommand.self, DocumentsDeleteCommand.self,
        ])

    static let path = "/v1/documents"
}

extension DocumentID {
    /// For arguments.
    static func parse(_ text: String) throws -> DocumentID {
        guard let document = DocumentID(text) else {
            throw ValidationError("A document's id must be a UUID, not '\(text)'.")
        }
        return document
    }
}

/// `millrace documents list`
struct DocumentsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the tenant's documents.")

    @OptionGroup var api: APIOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var page: PageOptions

    func run() async throws {
        let response: APIClient.Response<DocumentsResponse> = try await api.client().get(
            DocumentsCommand.path, page.parameters)
        if output.json { return Output.line(response.json) }
        guard !response.value.documents.isEmpty else {
            return Output.line("There are no documents.")
        }
        var table = Table("document", "filename", "status", "pages", "chunks", "warnings")
        for document in response.value.documents {
            let report = document.parseReport
            table.add(
                "\(document.documentId)", document.filename.printable, document.status.printable,
                report?.pages.map(String.init) ?? "", "\(document.chunks)",
                (report?.warnings ?? []).map(\.code.printable).joined(separator: ", "))
        }
        Output.line(table.text)
        PageOptions.printNext(response.value.next)
    }
}

/// `millrace documents show DOCUMENT`
struct DocumentsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows a document, and what its parser left out or was not sure of.")

    @OptionGroup var api: APIOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The document's id.", transform: DocumentID.parse) var document: DocumentID

    func run() async throws {
        let response: APIClient.Response<DocumentResponse> = try await api.client().get(
            "\(DocumentsCommand.path)/\(document)")
        if output.json { return Output.line(response.json) }
        var table = Table("document", "\(document)")
        table.add("filename", response.value.filename.printable)
        table.add("type", response.value.mime.printable)
        table.add("bytes", "\(response.value.bytes)")
        table.add("uploaded (UTC)", response.value.createdAt.shortTime)
        table.add("status", response.value.status.printable)
        table.add("job", "\(response.value.jobId)")
        table.add("chunks", "\(response.value.chunks)")
        if let report = response.value.parseReport { Self.add(report, to: &table) }
        Output.line(table.text)
    }

    private static func add(_ report: DocumentResponse.ParseReport, to table: inout Table) {
        table.add("parser", report.parser.printable)
        if let pages = report.pages {
            let optically = report.pagesByOcr ?? 0
            table.add(
                "pages",
                "\(pages), \(report.pagesRead ?? pages) read"
                    + (optically > 0 ? ", \(optically) of them by OCR" : ""))
        }
        if let encoding = report.encoding { table.add("encoding", encoding.printable) }
        for warning in report.warnings {
            let page = warning.page.map { ", first on page \($0)" } ?? ""
            table.add("warning", "\(warning.code.printable): \(warning.count)\(page)")
        }
    }
}

/// `millrace documents text DOCUMENT`
struct DocumentsTextCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "text", abstract: "Prints the text that was parsed, as Markdown.")

    @OptionGroup var api: APIOptions
    @Argument(help: "The document's id.", transform: DocumentID.parse) var document: DocumentID

    func run() async throws {
        try await api.client().download("\(DocumentsCommand.path)/\(document)/text") {
            guard Output.write($0.readableBytesView) else {
                throw UserError("standard output: \(String(cString: strerror(errno)))")
            }
        }
    }
}

/// `millrace documents delete DOCUMENT…`
struct DocumentsDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Deletes documents with their chunks, vectors and files.")

    @OptionGroup var api: APIOptions
    @Argument(help: "The documents' ids.", transform: DocumentID.parse)
    var documents: [DocumentID]

    func run() async throws {
        let client = try api.client()
        for document in documents {
            try await client.delete("\(DocumentsCommand.path)/\(document)")
            Output.line("deleted \(document)")
        }
    }
}
