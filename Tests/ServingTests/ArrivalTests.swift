import HTTPTypes
import TestSupport
import Testing
import Uploading

/// Uploads that are slow, never finish, or are malformed.
@Suite(.timeLimit(.minutes(5))) struct ArrivalTests {
    private static let head = """
        POST /v1/documents?filename=a.txt HTTP/1.1\r
        Host: x\r\nAuthorization: Bearer alice\r\n
        """

    @Test(arguments: [
        (ArrivalLimits(silence: .milliseconds(100)), "No byte of the body"),
        (ArrivalLimits(bytesPerSecond: 1_000_000, grace: .milliseconds(100)), "1000000 bytes per"),
        (ArrivalLimits(total: .milliseconds(100)), "within 0.1 seconds"),
    ])
    func `a body that arrives too slowly is refused and stores nothing`(
        limits: ArrivalLimits, reason: String
    ) async throws {
        try await TestAPI.lend(arrival: limits) { api in
            let connection = try api.connect()
            let answer = try await connection.talk(
                Self.head + "Content-Length: 1000\r\n\r\nten bytes.")
            #expect(answer.hasPrefix("HTTP/1.1 408 "))
            #expect(answer.contains("request_timeout") && answer.contains(reason))
            #expect(try api.files().isEmpty)
            #expect(
                try await api.database.texts("SELECT 1 FROM upload_pipeline.documents").isEmpty)
        }
    }

    @Test func `a body with invalid framing is refused as a client error`() async throws {
        try await TestAPI.lend { api in
            let connection = try api.connect()
            let answer = try await connection.talk(
                Self.head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nnonsense\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
            #expect(try api.files().isEmpty)
        }
    }

    @Test(arguments: [
        ("GET /\(String(repeating: "u", count: 40_000)) HTTP/1.1\r\nHost: x\r\n\r\n", 431),
        (
            "GET /v1/pipeline HTTP/1.1\r\nHost: x\r\n"
                + "X: \(String(repeating: "h", count: 40_000))\r\n\r\n",
            431
        ),
        (
            "GET /v1/pipeline HTTP/1.1\r\n"
                + (1...300).map { "X-\($0): 1\r\n" }.joined() + "\r\n", 431
        ),
        ("this is no HTTP\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: nine\r\n\r\n", 400),
    ])
    func `a malformed or oversized request head is refused with a problem`(
        request: String, status: Int
    ) async throws {
        try await TestAPI.lend { api in
            let answer = try await api.connect().talk(request)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
            #expect(answer.contains(status == 431 ? "head_too_large" : "malformed_request"))
            #expect(answer.contains("application/problem+json"))
            #expect(answer.lowercased().contains("connection: close"))
            #expect(try await api.send(.get, "/v1/pipeline").status == 200)
        }
    }

    @Test func `slow uploads of one tenant leave capacity for another`() async throws {
        let patient = ArrivalLimits(
            silence: .seconds(3600), grace: .seconds(3600), total: .seconds(3600))
        try await TestAPI.lend(arrival: patient, uploadsMax: 8) { api in
            // A tenant that is alone gets half of the places; then its other uploads are refused.
            // Each accepted upload may have taken the place of a slow one, so another one starts.
            var slow: [RawConnection] = []
            var refusal: Answer
            repeat {
                let connection = try api.connect()
                try connection.send(Self.head + "Content-Length: 1000\r\n\r\nten bytes.")
                slow.append(connection)
                refusal = try await api.upload("mine")
            } while refusal.code == nil
            #expect((refusal.status, refusal.code) == (429, "tenant_busy"))
            #expect(refusal.headers[.retryAfter] != nil)
            #expect(try await api.upload("his", by: "bob").status == 202)
            withExtendedLifetime(slow) {}
        }
    }
}
