import ArgumentParser
import Domain
import FoundationEssentials
import Glibc
import NIOCore

/// `millrace documents download DOCUMENT`
struct DocumentsDownloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "download", abstract: "Downloads a document as it was uploaded.")

    @OptionGroup var api: APIOptions
    @Option(name: .shortAndLong, help: "The new file (default: the document's filename).")
    var output: String?
    @Argument(help: "The document's id.", transform: DocumentID.parse) var document: DocumentID

    func run() async throws {
        let client = try api.client()
        let path = "\(DocumentsCommand.path)/\(document)"
        let target =
            if let output { output } else { try await Self.filename(client, path) }
        let file = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw UserError("\(target): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        do {
            try await client.download("\(path)/content") { piece in
                guard Output.write(piece.readableBytesView, to: file) else {
                    throw UserError("\(target): \(String(cString: strerror(errno)))")
                }
            }
        } catch {
            unlink(target)
            throw error
        }
        Output.line(target)
    }

    /// The document's name, without folders.
    private static func filename(_ client: APIClient, _ path: String) async throws -> String {
        let response: APIClient.Response<DocumentResponse> = try await client.get(path)
        let name = response.value.filename.split(separator: "/").last.map(String.init) ?? ""
        guard !name.isEmpty, name != ".", name != "..", !name.contains("\0") else {
            throw UserError("The document's filename cannot be a file here. Use --output.")
        }
        return name
    }
}
