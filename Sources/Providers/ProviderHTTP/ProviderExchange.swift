package import AsyncHTTPClient
package import Domain
import FoundationEssentials
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

    /// The requested wait, at most a day: `retry-after-ms`, else `retry-after` in seconds or as a
    /// date. A date is relative to the server's own `date`, so that the clocks may differ.
    package var retryAfter: Duration? {
        if let milliseconds = header("retry-after-ms").flatMap({ Double($0) }),
            (0...86_400_000).contains(milliseconds)
        {
            return .milliseconds(milliseconds)
        }
        guard let text = header("retry-after"), let seconds = Double(text) ?? seconds(until: text),
            (0...86_400).contains(seconds)
        else { return nil }
        return .seconds(seconds)
    }

    /// Seconds until an HTTP date; 0 for one that has passed.
    private func seconds(until text: String) -> Double? {
        guard let date = Date(httpDate: text) else { return nil }
        let now = header("date").flatMap { Date(httpDate: $0) } ?? Date()
        return max(0, date.timeIntervalSince(now))
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
            throw .transient(.provider(.unreachable), "no response: \(error.shortDescription)")
        } catch {
            throw .transient(.provider(.unreachable), "no response: \(type(of: error))")
        }
    }
}

extension Date {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Parses the one format that servers may send: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110
    /// §5.6.7).
    fileprivate init?(httpDate text: String) {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT",
            let month = Self.months.firstIndex(of: String(words[2]))
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        let iso = "\(words[3])-\(number)-\(words[1])T\(words[4])Z"
        guard let date = try? Date.ISO8601FormatStyle().parse(iso) else { return nil }
        self = date
    }
}
