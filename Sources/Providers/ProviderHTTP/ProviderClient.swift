// ProviderHTTP: what the adapters of HTTP services share.
//
// Invariants: no key and no body stands in an error; every call has a deadline.
// Neighbours: OpenAI, LlamaParse.

package import AsyncHTTPClient
import NIOCore

/// The HTTP clients for services; they live as long as the process.
package enum ProviderClient {
    /// For requests and answers that are read as a whole.
    package static let shared = HTTPClient(
        eventLoopGroupProvider: .singleton, configuration: configuration)

    /// For documents, which may take long: as long as bytes go to and fro.
    package static let storage: HTTPClient = {
        var configuration = Self.configuration
        configuration.timeout.read = .seconds(60)
        configuration.timeout.write = .seconds(60)
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// A server that is not there is told of at once, not when the request's time is over: who
    /// tries again, and when, is decided by the job's row.
    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(5)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        configuration.redirectConfiguration = .disallow
        return configuration
    }
}
