import FoundationEssentials
import Glibc

/// A directory that is deleted with this object.
final class Scratch: Sendable {
    let path: String

    init() {
        path = "/tmp/millrace-test-\(UUID().uuidString.prefix(8).lowercased())"
        mkdir(path, 0o755)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes an executable shell script.
    func script(_ name: String, _ text: String) throws {
        let file = "\(path)/\(name)"
        try Data("#!/bin/sh\n\(text)\n".utf8).write(to: URL(filePath: file))
        chmod(file, 0o755)
    }
}
