import ArgumentParser
import FoundationEssentials

/// `millrace submit PATH…`
struct Submit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Uploads documents: files, or all files of folders.")

    @OptionGroup var api: APIOptions
    @Argument(help: "Files and folders.") var paths: [String]
    @Flag(help: "Show their way until all have ended.") var watch = false

    func run() async throws {
        let files = try paths.flatMap { try Self.files(at: $0) }
        guard !files.isEmpty else { throw UserError("There is no file in \(paths.joined())") }
        let client = try api.client()
        var jobs: [String] = []
        var refused = 0
        // Four uploads at a time, reported in the order of the names.
        for group in files.chunks(of: 4) {
            for (file, outcome) in await Self.upload(group, client) {
                switch outcome {
                case .success(let upload):
                    jobs.append(upload.jobId)
                    let known = upload.duplicate == true ? "  (known already)" : ""
                    Output.line(
                        "\(file.name.printable)\n  document \(upload.documentId)"
                            + "  job \(upload.jobId)\(known)")
                case .failure(let error):
                    refused += 1
                    Output.line("\(file.name.printable)\n  REFUSED: \(error)")
                }
            }
        }
        if watch, !jobs.isEmpty {
            Output.line()
            try await JobWatch(client: client, jobs: jobs).run()
        }
        if refused > 0 { throw ExitCode.failure }
    }

    private struct File: Sendable {
        let path: String
        var name: String { String(path.split(separator: "/").last ?? "") }
    }

    private static func upload(
        _ files: [File], _ client: APIClient
    ) async -> [(File, Result<Upload, any Error>)] {
        await withTaskGroup(of: (Int, Result<Upload, any Error>).self) { group in
            for (index, file) in files.enumerated() {
                group.addTask {
                    do {
                        let mime = MediaTypes.type(of: file.name)
                        let upload = try await client.upload(
                            path: file.path, filename: file.name, mime: mime)
                        return (index, .success(upload))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            let outcomes = await group.reduce(into: [Int: Result<Upload, any Error>]()) {
                $0[$1.0] = $1.1
            }
            return files.enumerated().compactMap { index, file in
                outcomes[index].map { (file, $0) }
            }
        }
    }

    /// The file itself, or all files below a folder except hidden ones, sorted by path.
    private static func files(at path: String) throws -> [File] {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw UserError("There is no file '\(path)'.")
        }
        guard isFolder else { return [File(path: path)] }
        return try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
            .filter { !$0.split(separator: "/").contains { $0.hasPrefix(".") } }
            .map { path + "/" + $0 }
            .filter { path in
                var isFolder = false
                return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
                    && !isFolder
            }
            .map { File(path: $0) }
    }
}

/// Guesses media types from file names. The server inspects the content itself.
enum MediaTypes {
    static func type(of filename: String) -> String {
        let ending = filename.split(separator: ".").last.map { $0.lowercased() } ?? ""
        return byEnding[ending] ?? "application/octet-stream"
    }

    private static let office = "application/vnd.openxmlformats-officedocument."
    private static let byEnding = [
        "csv": "text/csv",
        "docx": office + "wordprocessingml.document",
        "htm": "text/html",
        "html": "text/html",
        "markdown": "text/markdown",
        "md": "text/markdown",
        "pdf": "application/pdf",
        "pptx": office + "presentationml.presentation",
        "txt": "text/plain",
        "xlsx": office + "spreadsheetml.sheet",
    ]
}

extension Array {
    /// Slices of `size` elements, the last one possibly shorter.
    func chunks(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
