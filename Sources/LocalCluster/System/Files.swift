import FoundationEssentials
import Glibc

/// The file operations of this target, with errors that name the file.
enum Files {
    static func makeDirectory(_ path: String, mode: mode_t = 0o755) throws(ClusterError) {
        var partial = path.hasPrefix("/") ? "" : "."
        for component in path.split(separator: "/") {
            partial += "/" + component
            guard mkdir(partial, mode) == 0 || errno == EEXIST else {
                throw .system("create the directory \(partial)")
            }
        }
        guard isDirectory(path) else {
            throw .system(action: "use \(path)", reason: "it is not a directory")
        }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The whole content of a small file; `nil` when it cannot be read.
    static func read(_ path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    /// The last lines of a text file.
    static func tail(_ path: String, lines: Int) -> String {
        let text = read(path) ?? ""
        return text.split(separator: "\n").suffix(lines).joined(separator: "\n")
    }

    /// Replaces a file atomically. Only its owner can read it unless `mode` permits more.
    static func replace(
        _ path: String, with bytes: some Collection<UInt8>, mode: mode_t = 0o600
    ) throws(ClusterError) {
        let fresh = path + ".new"
        unlink(fresh)
        let descriptor = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .system("write \(fresh)") }
        var rest = ContiguousArray(bytes)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else {
                close(descriptor)
                throw .system("write \(fresh)")
            }
            rest = rest.dropFirst(written)
        }
        let synced = fsync(descriptor)
        close(descriptor)
        guard synced == 0, rename(fresh, path) == 0 else { throw .system("write \(path)") }
    }

    /// Removes a file or a whole directory; does nothing if it does not exist.
    static func remove(_ path: String) throws(ClusterError) {
        guard exists(path) else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw .system(action: "remove \(path)", reason: "\(error)")
        }
    }

    /// The target of a symbolic link; `nil` when the path is not one.
    static func linkTarget(_ path: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: path)
    }

    /// The path without symbolic links, or the path itself when it does not exist yet.
    static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}
