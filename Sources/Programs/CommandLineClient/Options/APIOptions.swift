import ArgumentParser
import LocalCluster

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

    /// The address from the flag or the environment, without a slash at its end.
    var address: String? {
        (api ?? EnvironmentVariable.apiURL.value).map {
            $0.hasSuffix("/") ? String($0.dropLast()) : $0
        }
    }

    /// A client with a tenant's token.
    func client() throws -> APIClient {
        let target = try target()
        return APIClient(
            base: target.url,
            token: token ?? EnvironmentVariable.apiToken.value ?? target.record?.apiToken,
            timeout: APIClient.tenantTimeout)
    }

    /// A client with an operator's token.
    func operatorClient() throws -> APIClient {
        let target = try target()
        return APIClient(
            base: target.url,
            token: token ?? EnvironmentVariable.operatorToken.value ?? target.record?.operatorToken
                ?? EnvironmentVariable.apiToken.value,
            timeout: APIClient.operatorTimeout)
    }

    /// An API, and the record of this machine's cluster when it is that cluster's: its tokens are
    /// sent to no other API.
    private struct Target {
        let url: String
        let record: ClusterRecord?
    }

    private func target() throws -> Target {
        if let address {
            // A record that cannot be read must not disturb a command for another API.
            let record = try? ClusterRecord.read(cluster.layout)
            return Target(url: address, record: record?.apiURL == address ? record : nil)
        }
        guard let record = try ClusterRecord.read(cluster.layout) else {
            throw UserError(
                "There is no cluster in \(cluster.layout.root). Run 'millrace up', or name the API "
                    + "with --api URL or MILLRACE_API_URL.")
        }
        return Target(url: record.apiURL, record: record)
    }
}
