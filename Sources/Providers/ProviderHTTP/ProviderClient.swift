// ProviderHTTP: the HTTP client code that the provider adapters share.
//
// Invariants: errors contain no key and no body; every exchange has a deadline.
// Neighbours: OpenAI, LlamaParse.

package import AsyncHTTPClient
import NIOCore

/// The HTTP clients for services. They are never shut down.
package enum ProviderClient {
    /// For requests and responses that are held in memory as a whole.
    package static let shared = HTTPClient(
        eventLoopGroupProvider: .singleton, configuration: configuration)

    /// For document transfers. Reads and writes time out after 60 seconds without progress, so a
    /// long transfer may continue as long as bytes flow.
    package static let storage: HTTPClient = {
        var configuration = Self.configuration
        configuration.timeout.read = .seconds(60)
        configuration.timeout.write = .seconds(60)
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// Reports an unreachable server at once instead of at the request's deadline. The job's row
    /// decides when to retry.
    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(5)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        configuration.redirectConfiguration = .disallow
        return configuration
    }
}
