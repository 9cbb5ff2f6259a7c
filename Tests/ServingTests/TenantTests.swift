import Domain
import FoundationEssentials
import HTTPTypes
import Serving
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct TenantTests {
    @Test func `a request without a valid token is refused`() async throws {
        try await TestAPI.lend { api in
            for token in [nil, "", "carol", "alice bob"] {
                let answer = try await api.send(.get, "/v1/documents", as: token)
                #expect((answer.status, answer.code) == (401, "unauthorized"))
                #expect(answer.headers[.wwwAuthenticate] == "Bearer")
            }
        }
    }

    @Test func `without a token only direct requests of this machine are accepted`() async throws {
        try await TestAPI.lend(anonymous: TestAPI.alice) { api in
            #expect(try await api.send(.get, "/v1/documents", as: nil).status == 200)
            #expect(try await api.send(.get, "/v1/documents", as: "carol").status == 401)
            for name in ["Forwarded", "X-Forwarded-For"] {
                let headers: HTTPFields = [HTTPField.Name(name)!: "for=10.0.0.1"]
                let answer = try await api.send(.get, "/v1/documents", as: nil, headers: headers)
                #expect(answer.status == 401)
            }
        }
    }

    @Test(arguments: [
        ("Origin", "https://evil.example"), ("Origin", "null"),
        ("Origin", "http://127.0.0.1.evil.example"), ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"), ("Via", "1.1 proxy"), ("X-Real-IP", "10.0.0.1"),
    ])
    func `without a token cross-site and proxied requests are refused`(name: String, value: String)
        async throws
    {
        try await TestAPI.lend(anonymous: TestAPI.alice) { api in
            let headers: HTTPFields = [HTTPField.Name(name)!: value]
            let refused = try await api.send(.get, "/v1/documents", as: nil, headers: headers)
            #expect([401, 403].contains(refused.status))
            // A token identifies the caller, regardless of the origin.
            let known = try await api.send(.get, "/v1/documents", headers: headers)
            #expect(known.status == 200)
        }
    }

    @Test(arguments: [
        ("localhost", true), ("LOCALHOST:80", true), ("127.0.0.1:8080", true), ("[::1]:8080", true),
        ("127.9.9.9", true), ("evil.example", false), ("127.0.0.1.evil.example", false),
        ("localhost.evil.example", false), ("10.0.0.1", false), ("", false),
    ])
    func `without a token the Host header must name this machine`(host: String, isAccepted: Bool)
        async throws
    {
        try await TestAPI.lend(anonymous: TestAPI.alice) { api in
            let connection = try api.connect()
            let answer = try await connection.talk(
                "GET /v1/documents HTTP/1.1\r\nHost: \(host)\r\n\r\n")
            #expect(answer.hasPrefix(isAccepted ? "HTTP/1.1 200 " : "HTTP/1.1 403 "), "\(answer)")
            #expect(isAccepted || answer.contains("foreign_request"))
        }
    }

    @Test func `a page of this machine is accepted without a token`() async throws {
        try await TestAPI.lend(anonymous: TestAPI.alice) { api in
            let headers: HTTPFields = [
                HTTPField.Name("Origin")!: "http://localhost:8080",
                HTTPField.Name("Sec-Fetch-Site")!: "same-origin",
            ]
            let answer = try await api.send(.get, "/v1/documents", as: nil, headers: headers)
            #expect(answer.status == 200)
        }
    }

    @Test(arguments: [
        ("hush", 1), ("\n# fine\n\(TestAPI.alice) 00", 3), ("hush " + digest, 1),
        ("\(TestAPI.alice) hush", 1), ("operator/hush/x \(digest)", 1),
        ("\(TestAPI.alice) \(digest)\n\(TestAPI.bob) \(digest)", 2),
        ("\(TestAPI.alice) \(digest) more", 1),
    ])
    func `an error in the tokens names its line and none of its words`(
        tokens: String, line: Int
    ) {
        let error = #expect(throws: TokenFileError.self) {
            try Tenants(tokens: tokens, anonymous: nil)
        }
        #expect(error?.line == line)
        // A word of a wrong line may be a token.
        for word in ["hush", Self.digest] {
            #expect(error.map { "\($0)".contains(word) } == false)
        }
    }

    private static let digest = String(repeating: "ab", count: 32)

    @Test func `openapi.yaml lists exactly the operations of the API`() async throws {
        let text = try String(
            contentsOfFile: Runtime.repository + "/docs/openapi.yaml", encoding: .utf8)
        var described: [String] = []
        var path = ""
        for line in text.split(separator: "\n") {
            if let match = line.wholeMatch(of: /\s\s(\/v1\S*):/) { path = String(match.output.1) }
            if let match = line.wholeMatch(of: /\s\s\s\s(get|post|delete):/) {
                described.append("\(match.output.1.uppercased()) \(path)")
            }
        }
        try await TestAPI.lend { [described] api in
            #expect(described.sorted() == api.operations)
            for operation in described {
                let parts = operation.split(separator: " ")
                let path = String(parts[1]).replacing(/\{[a-z]+\}/, with: UUID().uuidString)
                let method = HTTPRequest.Method(String(parts[0]))!
                let token = path.hasPrefix("/v1/operations") ? "olga" : "alice"
                let answer = try await api.send(method, path, as: token)
                #expect(answer.code != "no_such_route" && answer.status != 405, "\(operation)")
            }
        }
    }
}
