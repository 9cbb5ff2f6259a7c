import NIOHTTP1
import ProviderHTTP
import Testing

/// The wait that a service requests.
@Suite struct RetryAfterTests {
    private func wait(_ headers: HTTPHeaders) -> Duration? {
        ProviderAnswer(status: 429, headers: headers, body: []).retryAfter
    }

    @Test func `a wait is in milliseconds, in seconds or a date`() {
        #expect(wait(["retry-after-ms": "250", "retry-after": "9"]) == .milliseconds(250))
        #expect(wait(["retry-after": "9"]) == .seconds(9))
        #expect(
            wait([
                "retry-after": "Fri, 27 Nov 2026 20:00:30 GMT",
                "date": "Fri, 27 Nov 2026 20:00:00 GMT",
            ]) == .seconds(30))
    }

    @Test func `a date that has passed requests no wait`() {
        #expect(wait(["retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"]) == .zero)
    }

    @Test(arguments: [
        "", "soon", "-1", "86401", "Fri, 27 Nov 2026", "Fri, 27 Foo 2026 20:00:30 GMT",
        "Fri, 99 Nov 2026 20:00:30 GMT",
    ])
    func `a wait that is invalid or longer than a day is ignored`(text: String) {
        #expect(wait(["retry-after": text]) == nil)
    }
}
