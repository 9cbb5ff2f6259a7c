import ArgumentParser
import Domain
import FoundationEssentials

/// `millrace submit PATH…`
struct SubmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Uploads documents: files, or all files of folders.",
        discussion: """
            With --json prints one line of JSON per file. Exit code 1 when a file was refused, or \
            when a watched job ended as a dead letter; else 77 when the token was refused for a \
            file, or 69 when the API was unavailable for one. The same command then uploads the \
            rest.
            """)

    @OptionGroup var api: APIOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "Files and folders.") var paths: [String]
    @Flag(help: "Show the progress of the documents until all have ended.") var watch = false

    func run() async throws {
        let files = try paths.flatMap { try Self.files(at: $0) }
        guard !files.isEmpty else {
            throw UserError("There is no file in \(paths.joined(separator: ", ")).")
        }
        let client = try api.client()
        var jobs: [JobID] = []
        var failures: [any Error] = []
        // Four uploads at a time, reported in the order of the names.
        for group in files.chunks(of: 4) {
            for (file, outcome) in await Self.upload(group, client) {
                switch outcome {
                case .success(let upload): jobs.append(upload.jobId)
                case .failure(let error): failures.append(error)
                }
                try report(file, outcome)
            }
        }
        if watch, !jobs.isEmpty {
            if !output.json { Output.line() }
            do {
                try await JobWatch(client: client, jobs: jobs, json: output.json).run()
            } catch  where !failures.isEmpty {
                // Counts like the refusal of a file.
                if let error = error as? any ExitingError { Output.error("Error: \(error)") }
                failures.append(error)
            }
        }
        let status = CommandStatus.worst(of: failures)
        if status != .success { throw ExitCode(status.rawValue) }
    }

    private func report(_ file: File, _ outcome: Result<UploadResponse, any Error>) throws {
        if output.json { return try Output.json(Line(file.path, outcome)) }
        Output.line(file.name.printable)
        switch outcome {
        case .success(let upload):
            let known = upload.duplicate == true ? "  (known already)" : ""
            Output.line("  document \(upload.documentId)  job \(upload.jobId)\(known)")
        case .failure(let error):
            Output.line("  \(output.style.bad("refused")): \(error)")
        }
    }

    /// A line of JSON.
    private struct Line: Encodable {
        let file: String
        var documentId: DocumentID?
        var jobId: JobID?
        var duplicate: Bool?
        var error: String?

        init(_ file: String, _ outcome: Result<UploadResponse, any Error>) {
            self.file = file
            switch outcome {
            case .success(let upload):
                documentId = upload.documentId
                jobId = upload.jobId
                duplicate = upload.duplicate
            case .failure(let error): self.error = "\(error)"
            }
        }
    }

    private struct File: Sendable {
        let path: String
        var name: String { String(path.split(separator: "/").last ?? "") }
    }

    private static func upload(
        _ files: [File], _ client: APIClient
    ) async -> [(File, Result<UploadResponse, any Error>)] {
        await withTaskGroup(of: (Int, Result<UploadResponse, any Error>).self) { group in
            for (index, file) in files.enumerated() {
                group.addTask {
                    do {
                        // The server inspects the content itself.
                        let type = MediaType(filename: file.name)
                        let upload = try await client.upload(
                            path: file.path, filename: file.name,
                            mime: type?.rawValue ?? "application/octet-stream")
                        return (index, .success(upload))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            let outcomes = await group.reduce(into: [Int: Result<UploadResponse, any Error>]()) {
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
            throw UserError("The file '\(path)' does not exist.")
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
