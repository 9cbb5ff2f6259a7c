import Domain
import Foundation
import Logging
import Pipeline
import Synchronization
import Testing

@testable import MiniLM

/// Which embedder is chosen for an installation.
@Suite struct InstallationTests {
    private func folder(_ files: [String: String]) throws -> String {
        let folder = NSTemporaryDirectory() + "millrace-minilm-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        for (name, text) in files {
            try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }
        return folder
    }

    @Test func `the model is used where it is installed`() throws {
        let embedder = try localEmbedder(
            modelDirectory: Model.directory, logger: Logger(label: "test"))
        #expect(embedder.space.model == "all-MiniLM-L6-v2")
        #expect(embedder.space.width == 384)
    }

    @Test func `without the model, words are hashed and a warning is logged`() throws {
        let empty = try folder([:])
        defer { try? FileManager.default.removeItem(atPath: empty) }
        for directory in [nil, "/nonexistent", empty] {
            let log = WarningLog()
            let embedder = try localEmbedder(
                modelDirectory: directory, logger: Logger(label: "test") { _ in log })
            #expect(embedder.space.model == "feature-hashing")
            #expect(log.warnings.count == 1)
            #expect(log.warnings.first?.contains("make install") == true)
        }
    }

    @Test func `an incomplete or damaged model is an error, without a fallback`() throws {
        let logger = Logger(label: "test")
        let vocabulary = Model.directory + "/" + MiniLMInstallation.vocabulary
        let whole = try String(contentsOfFile: vocabulary, encoding: .utf8)
        let half = try folder([MiniLMInstallation.vocabulary: whole])
        let damaged = try folder([
            MiniLMInstallation.vocabulary: whole, MiniLMInstallation.weights: "not weights",
        ])
        let other = try folder([
            MiniLMInstallation.vocabulary: "other words\n", MiniLMInstallation.weights: "",
        ])
        defer {
            for folder in [half, damaged, other] {
                try? FileManager.default.removeItem(atPath: folder)
            }
        }
        let missing = #expect(throws: MiniLMError.self) {
            try localEmbedder(modelDirectory: half, logger: logger)
        }
        guard case .unreadable(let path, _) = missing else {
            Issue.record("\(String(describing: missing))")
            return
        }
        #expect(path.hasSuffix(MiniLMInstallation.weights))
        for (folder, file) in [
            (damaged, MiniLMInstallation.weights), (other, MiniLMInstallation.vocabulary),
        ] {
            let error = #expect(throws: MiniLMError.self) {
                try localEmbedder(modelDirectory: folder, logger: logger)
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
