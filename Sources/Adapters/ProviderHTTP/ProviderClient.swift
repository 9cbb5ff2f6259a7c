// ProviderHTTP: what the adapters of HTTP services share.
//
// Invariants: no key and no body stands in an error; every call has a deadline.
// Neighbours: OpenAI, LlamaParse.

package import AsyncHTTPClient
import NIOCore

/// The HTTP client for providers; lives as long as the process.
package enum ProviderClient {
    /// A server that is not there is told of at once, not when the request's time is over: who
    /// tries again, and when, is decided by the job's row.
    package static let shared: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(5)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        configuration.redirectConfiguration = .disallow
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()
}
