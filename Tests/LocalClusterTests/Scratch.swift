import FoundationEssentials
import Glibc

/// A directory that lasts as long as this value.
final class Scratch: Sendable {
    let path: String

    init() {
        path = "/tmp/millrace-test-\(UUID().uuidString.prefix(8).lowercased())"
        mkdir(path, 0o755)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a program that a shell runs.
    func script(_ name: String, _ text: String) throws {
        let file = "\(path)/\(name)"
        try Data("#!/bin/sh\n\(text)\n".utf8).write(to: URL(filePath: file))
        chmod(file, 0o755)
    }
}
