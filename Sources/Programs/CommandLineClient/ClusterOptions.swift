import ArgumentParser
import LocalCluster
import FoundationEssentials

/// Options that select a cluster of this machine.
struct ClusterOptions: ParsableArguments {
    @Option(help: "Where the cluster keeps its files (default: the nearest .millrace).")
    var directory: String?

    @Option(help: "Where the programs are (default: beside this one).")
    var programs: String?

    var layout: ClusterLayout {
        let environment = ProcessInfo.processInfo.environment
        let me = Self.executable
        let folder = me.lastIndex(of: "/").map { String(me[..<$0]) } ?? "."
        return ClusterLayout(
            root: directory ?? environment["MILLRACE_DIRECTORY"] ?? Self.nearestDirectory,
            runtime: environment["MILLRACE_RUNTIME"], programs: programs ?? folder)
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

/// Options for connecting to the API.
struct APIOptions: ParsableArguments {
    @OptionGroup var cluster: ClusterOptions

    @Option(help: "The API's address (MILLRACE_API_URL; default: the cluster of this machine).")
    var api: String?

    @Option(help: "The bearer token (MILLRACE_API_TOKEN).")
    var token: String?

    /// The address from the flag or the environment.
    var address: String? { api ?? ProcessInfo.processInfo.environment["MILLRACE_API_URL"] }

    func client() throws -> APIClient {
        let environment = ProcessInfo.processInfo.environment
        let record = try ClusterRecord.read(cluster.layout)
        guard let url = address ?? record?.apiURL else {
            throw UserError("No cluster is known here. Run 'millrace up', or give --api URL.")
        }
        return APIClient(
            base: url, token: token ?? environment["MILLRACE_API_TOKEN"] ?? record?.apiToken)
    }
}

/// Options for connecting to the database.
struct DatabaseOptions: ParsableArguments {
    @OptionGroup var cluster: ClusterOptions

    @Option(
        help: "The database's URL (MILLRACE_POSTGRES_URL; default: the cluster of this machine).")
    var url: String?

    /// The URL from the flag or the environment; `nil` for the cluster of this machine.
    var givenURL: String? { url ?? ProcessInfo.processInfo.environment["MILLRACE_POSTGRES_URL"] }

    /// The given URL, or that of this machine's cluster for `user`.
    func postgresURL(of user: DatabaseUser) throws -> String {
        if let givenURL { return givenURL }
        guard let record = try ClusterRecord.read(cluster.layout) else {
            throw UserError("No cluster is known here. Run 'millrace up', or give --url URL.")
        }
        return record.postgresURL(of: user)
    }
}
