import CLocalModels
import Domain
import Foundation
import Logging
import Pipeline
import Synchronization
import Testing

@testable import LocalModels

/// Which embedder is chosen for an installation.
@Suite struct InstallationTests {
    private func folder(_ files: [String: String]) throws -> String {
        let folder = NSTemporaryDirectory() + "millrace-model-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        for (name, text) in files {
            try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }
        return folder
    }

    @Test func `a model is used where it is installed, in a space of its own`() throws {
        let folders = [Model.miniLM.directory, Model.e5.directory]
        let spaces = try zip(LocalModel.allCases, folders).map { model, folder in
            try localEmbedder(model, directory: folder, logger: Logger(label: "test")).space
        }
        #expect(spaces.map(\.model) == ["all-MiniLM-L6-v2", "multilingual-e5-small"])
        #expect(spaces.map(\.width) == [384, 384])
        #expect(spaces == LocalModel.allCases.map(\.space))
    }

    @Test func `a selected model that is not installed is an error, without a fallback`() {
        for directory in [nil, "/nonexistent"] {
            let error = #expect(throws: LocalModelError.self) {
                try localEmbedder(
                    .multilingualE5Small, directory: directory, logger: Logger(label: "test"))
            }
            #expect(
                error?.description.contains("scripts/install-dependencies multilingual") == true)
        }
    }

    @Test func `damaged multilingual weights are an error that names the file`() throws {
        let name = LocalModel.multilingualE5Small.weights.name
        let damaged = try folder([name: "E5S1"])
        defer { try? FileManager.default.removeItem(atPath: damaged) }
        let error = #expect(throws: LocalModelError.self) {
            try localEmbedder(
                .multilingualE5Small, directory: damaged, logger: Logger(label: "test"))
        }
        guard case .wrongDigest(let path, _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(path == damaged + "/" + name)
    }

    /// The digest protects against these. The reader must not depend on that.
    @Test(arguments: [0, 3, 8, 60, 1_000_000, 4_600_000, 5_000_000])
    func `a file that is cut off is malformed, not a crash`(byteCount: Int) throws {
        let name = LocalModel.multilingualE5Small.weights.name
        let whole = try #require(
            FileHandle(forReadingAtPath: Model.e5.directory + "/" + name))
        let beginning = try whole.read(upToCount: byteCount) ?? Data()
        let short = try folder([:])
        defer { try? FileManager.default.removeItem(atPath: short) }
        try beginning.write(to: URL(filePath: short + "/" + name))
        let error = #expect(throws: LocalModelError.self) {
            let file = try InstalledFile(path: short + "/" + name)
            _ = try Transformer(file, transformer_open_e5)
        }
        guard case .malformed = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `without the model, words are hashed and a warning is logged`() throws {
        let empty = try folder([:])
        defer { try? FileManager.default.removeItem(atPath: empty) }
        for directory in [nil, "/nonexistent", empty] {
            let log = WarningLog()
            let embedder = try localEmbedder(
                .miniLM, directory: directory, logger: Logger(label: "test") { _ in log })
            #expect(embedder.space.model == "feature-hashing")
            #expect(log.warnings.count == 1)
            #expect(log.warnings.first?.contains("make install") == true)
        }
    }

    @Test func `an incomplete or damaged model is an error, without a fallback`() throws {
        let logger = Logger(label: "test")
        let vocabularyName = try #require(LocalModel.miniLM.vocabulary).name
        let weightsName = LocalModel.miniLM.weights.name
        let vocabulary = Model.miniLM.directory + "/" + vocabularyName
        let whole = try String(contentsOfFile: vocabulary, encoding: .utf8)
        let half = try folder([vocabularyName: whole])
        let damaged = try folder([
            vocabularyName: whole, weightsName: "not weights",
        ])
        let other = try folder([
            vocabularyName: "other words\n", weightsName: "",
        ])
        defer {
            for folder in [half, damaged, other] {
                try? FileManager.default.removeItem(atPath: folder)
            }
        }
        let missing = #expect(throws: LocalModelError.self) {
            try localEmbedder(.miniLM, directory: half, logger: logger)
        }
        guard case .unreadable(let path, _) = missing else {
            Issue.record("\(String(describing: missing))")
            return
        }
        #expect(path.hasSuffix(weightsName))
        for (folder, file) in [
            (damaged, weightsName), (other, vocabularyName),
        ] {
            let error = #expect(throws: LocalModelError.self) {
                try localEmbedder(.miniLM, directory: folder, logger: logger)
            }
            guard case .wrongDigest(let path, _, _) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(path.hasSuffix(file))
        }
    }
}

/// Records warnings.
private final class WarningLog: LogHandler {
    private let kept = Mutex<[String]>([])
    var warnings: [String] { kept.withLock { $0 } }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .info }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        if event.level == .warning { kept.withLock { $0.append("\(event.message)") } }
    }
}
