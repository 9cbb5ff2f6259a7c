import ArgumentParser
import LocalCluster
import FoundationEssentials

/// Options that select a cluster of this machine.
struct ClusterOptions: ParsableArguments {
    @Option(
        help:
            "Folder of the cluster's files (MILLRACE_DIRECTORY; default: the nearest .millrace)."
    )
    var directory: String?

    @Option(help: "Folder of the programs (default: the folder of this one).")
    var programs: String?

    var layout: ClusterLayout {
        let me = Self.executable
        let folder = me.lastIndex(of: "/").map { String(me[..<$0]) } ?? "."
        return ClusterLayout(
            root: directory ?? EnvironmentVariable.directory.value ?? Self.nearestDirectory,
            runtime: EnvironmentVariable.runtime.value, programs: programs ?? folder)
    }

    /// The path of this program.
    static var executable: String {
        let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return path ?? CommandLine.arguments[0]
    }

    /// The nearest `.millrace` in this directory or above; else the path for one in this directory.
    private static var nearestDirectory: String {
        let here = FileManager.default.currentDirectoryPath
        var folder = here
        while !folder.isEmpty {
            if FileManager.default.fileExists(atPath: folder + "/.millrace") {
                return folder + "/.millrace"
            }
            folder = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? ""
        }
        return here + "/.millrace"
    }
}
