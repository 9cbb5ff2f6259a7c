/// The paths of a cluster's files, all below one directory.
package struct ClusterLayout: Sendable, Equatable {
    /// Usually `.millrace` of the repository.
    package let root: String
    /// Where scripts/install-dependencies installed the runtime.
    package let runtime: String
    /// The folder of the programs.
    package let programs: String

    /// - Parameters:
    ///   - runtime: `nil` for the directory `runtime` below `root`.
    package init(root: String, runtime: String? = nil, programs: String) {
        let root = Self.absolute(root)
        self.root = root
        self.runtime = runtime.map(Self.absolute) ?? root + "/runtime"
        self.programs = Self.absolute(programs)
    }

    package var recordFile: String { root + "/cluster.json" }
    package var stateFile: String { root + "/state.json" }
    /// The API's tokens: those that are given, and the operator's of this cluster.
    package var tokensFile: String { root + "/tokens" }
    package var lockFile: String { root + "/supervisor.lock" }
    package var logs: String { root + "/logs" }
    package var blobs: String { root + "/blobs" }
    package var postgres: String { root + "/postgres" }

    package func log(of process: String) -> String { "\(logs)/\(process).log" }
    package func program(_ name: String) -> String { "\(programs)/\(name)" }

    /// Creates the directories that the programs write to.
    func makeDirectories() throws(ClusterError) {
        try Files.makeDirectory(root)
        try Files.makeDirectory(logs)
        try Files.makeDirectory(blobs, mode: 0o700)
    }

    private static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        return Files.resolved(".") + "/" + path
    }
}
