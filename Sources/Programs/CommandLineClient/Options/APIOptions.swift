import ArgumentParser
import LocalCluster
import FoundationEssentials

/// Options for connecting to the API.
struct APIOptions: ParsableArguments {
    @OptionGroup var cluster: ClusterOptions

    @Option(help: "The API's address (MILLRACE_API_URL; default: the cluster of this machine).")
    var api: String?

    @Option(
        help: """
            The bearer token: an operator's for operators' commands (MILLRACE_OPERATOR_TOKEN, else \
            MILLRACE_API_TOKEN), a tenant's for the others (MILLRACE_API_TOKEN; default: that of \
            the cluster of this machine).
            """)
    var token: String?

    /// The address from the flag or the environment.
    var address: String? { api ?? ProcessInfo.processInfo.environment["MILLRACE_API_URL"] }

    /// A client with a tenant's token.
    func client() throws -> APIClient {
        try client { environment, record in
            environment["MILLRACE_API_TOKEN"] ?? record?.apiToken
        }
    }

    /// A client with an operator's token. That of this machine's cluster is sent to that cluster
    /// only.
    func operatorClient() throws -> APIClient {
        try client { environment, record in
            environment["MILLRACE_OPERATOR_TOKEN"]
                ?? (address == nil ? record?.operatorToken : nil)
                ?? environment["MILLRACE_API_TOKEN"]
        }
    }

    private func client(
        _ knownToken: ([String: String], ClusterRecord?) -> String?
    ) throws -> APIClient {
        let record = try ClusterRecord.read(cluster.layout)
        guard let url = address ?? record?.apiURL else {
            throw UserError(
                "There is no cluster in \(cluster.layout.root). Run 'millrace up', or name the API "
                    + "with --api URL or MILLRACE_API_URL.")
        }
        return APIClient(
            base: url.hasSuffix("/") ? String(url.dropLast()) : url,
            token: token ?? knownToken(ProcessInfo.processInfo.environment, record))
    }
}
