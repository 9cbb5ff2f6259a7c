package import Domain
import FoundationEssentials
import Glibc
package import Pipeline

extension LocalBlobStore {
    /// Lists blobs. Given an age, also deletes temporary files that are older.
    package func list(
        olderThan age: Duration?, after cursor: String?, limit: Int
    ) async throws(JobFailure) -> [BlobPath] {
        let root = root
        return try await threads.blocking { () throws(JobFailure) in
            let before = age.map { Int(time(nil)) - Int($0 / .seconds(1)) }
            var found: [BlobPath] = []
            for kind in BlobPath.Kind.allCases.map(\.rawValue).sorted() {
                for tenant in Self.entries("\(root)/\(kind)") {
                    // Skips the folders before the cursor's.
                    if let cursor, "\(kind)/\(tenant)/\u{7f}" < cursor { continue }
                    for name in Self.entries("\(root)/\(kind)/\(tenant)") {
                        let key = "\(kind)/\(tenant)/\(name)"
                        if let cursor, key <= cursor { continue }
                        guard Self.isOlder("\(root)/\(key)", than: before) else { continue }
                        if name.hasSuffix(".part") {
                            if before != nil { unlink("\(root)/\(key)") }
                        } else if let blob = BlobPath("storage://\(key)") {
                            found.append(blob)
                            if found.count == limit { return found }
                        }
                    }
                }
            }
            return found
        }
    }

    /// Names in a folder, sorted; empty when the folder does not exist.
    private static func entries(_ folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private static func isOlder(_ path: String, than seconds: Int?) -> Bool {
        guard let seconds else { return true }
        var information = stat()
        return stat(path, &information) == 0 && information.st_mtim.tv_sec < seconds
    }
}
