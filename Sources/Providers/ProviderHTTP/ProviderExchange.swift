package import AsyncHTTPClient
package import Domain
import NIOCore
package import NIOHTTP1

/// A complete response from a service.
package struct ProviderAnswer: Sendable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: [UInt8]

    package init(status: Int, headers: HTTPHeaders, body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package func header(_ name: String) -> String? { headers.first(name: name) }

    /// The requested wait, at most a day: `retry-after-ms`, else `retry-after` in seconds.
    package var retryAfter: Duration? {
        if let milliseconds = header("retry-after-ms").flatMap({ Double($0) }),
            (0...86_400_000).contains(milliseconds)
        {
            return .milliseconds(milliseconds)
        }
        if let seconds = header("retry-after").flatMap({ Double($0) }),
            (0...86_400).contains(seconds)
        {
            return .seconds(seconds)
        }
        return nil
    }
}

extension HTTPClient {
    /// Sends a request and reads the whole response within `timeout`.
    ///
    /// - Throws: a transient failure `provider_unreachable` without details of the request.
    package func exchange(
        _ request: HTTPClientRequest, timeout: Duration, bytesMax: Int
    ) async throws(JobFailure) -> ProviderAnswer {
        do {
            // The client's own deadline covers only the response head, but the body may stall too.
            return try await withThrowingTaskGroup(of: ProviderAnswer?.self) { group in
                group.addTask {
                    let response = try await self.execute(
                        request, deadline: .now() + TimeAmount(timeout))
                    let body = try await response.body.collect(upTo: bytesMax)
                    return ProviderAnswer(
                        status: Int(response.status.code), headers: response.headers,
                        body: Array(body.readableBytesView))
                }
                group.addTask {
                    try await _Concurrency.Task.sleep(for: timeout)
                    return nil
                }
                defer { group.cancelAll() }
                guard let answer = try await group.next() ?? nil else {
                    throw HTTPClientError.deadlineExceeded
                }
                return answer
            }
        } catch let error as HTTPClientError {
            throw .transient(.provider(.unreachable), "no answer: \(error.shortDescription)")
        } catch {
            throw .transient(.provider(.unreachable), "no answer: \(type(of: error))")
        }
    }
}
