import HTTPTypes
import Serving
import Testing

/// Tenants' and operators' tokens each open their own paths.
@Suite struct OperatorTokenTests {
    private static let paths: [(HTTPRequest.Method, String)] = [
        (.get, "/v1/operations/status"), (.get, "/v1/operations/dead-letters"),
        (.get, "/v1/operations/dead-letters/causes"),
        (.post, "/v1/operations/dead-letters/redrive"),
        (.post, "/v1/operations/dead-letters/purge"),
        (.get, "/v1/operations/dead-letters/01890000-0000-7000-8000-000000000000"),
        (.get, "/v1/operations/jobs/01890000-0000-7000-8000-000000000000/events"),
        (.get, "/v1/operations/spend"), (.post, "/v1/operations/audit"),
    ]

    @Test func `every operation requires an operator's token`() async throws {
        try await TestAPI.lend(anonymous: TestAPI.alice) { api in
            for (method, path) in Self.paths {
                // The anonymous tenant of this machine is no operator.
                let anonymous = try await api.send(method, path, as: nil)
                #expect((anonymous.status, anonymous.code) == (401, "unauthorized"), "\(path)")
                let unknown = try await api.send(method, path, as: "carol")
                #expect((unknown.status, unknown.code) == (401, "unauthorized"), "\(path)")
                let tenant = try await api.send(method, path, as: "alice")
                #expect((tenant.status, tenant.code) == (403, "operator_required"), "\(path)")
                let known = try await api.send(method, path, as: "olga")
                #expect(![401, 403, 405].contains(known.status), "\(path)")
            }
        }
    }

    @Test(arguments: [
        "/v1/%6Fperations/status", "/v1/./operations/status", "/v1/operations/../operations/status",
        "/V1/operations/status", "/v1/operations",
    ])
    func `no spelling of a path lets a tenant in`(path: String) async throws {
        try await TestAPI.lend { api in
            let answer = try await api.send(.get, path, as: "alice")
            #expect([401, 403, 404].contains(answer.status), "\(path): \(answer.status)")
        }
    }

    @Test func `an operator's token opens no tenant's path`() async throws {
        try await TestAPI.lend { api in
            for (method, path) in [
                (HTTPRequest.Method.get, "/v1/documents"), (.post, "/v1/search"),
                (.get, "/v1/pipeline"), (.get, "/v1/operations-of-mine"),
            ] {
                let answer = try await api.send(method, path, as: "olga")
                #expect((answer.status, answer.code) == (403, "tenant_required"), "\(path)")
            }
        }
    }

    @Test func `without an operator's login to the database all operations are disabled`()
        async throws
    {
        try await TestAPI.lend(operations: { _ in nil }) { api in
            for (method, path) in Self.paths {
                let answer = try await api.send(method, path, as: "olga")
                #expect((answer.status, answer.code) == (503, "operations_disabled"), "\(path)")
                #expect(try answer.text("detail").contains("MILLRACE_OPERATIONS_POSTGRES_URL"))
                let tenant = try await api.send(method, path, as: "alice")
                #expect(tenant.code == "operator_required")
            }
        }
    }

    @Test func `operations answer HEAD, OPTIONS and wrong methods like every path`() async throws {
        try await TestAPI.lend { api in
            let head = try await api.send(.head, "/v1/operations/status", as: "olga")
            #expect(head.status == 200 && head.body.isEmpty)
            #expect(head.headers[HTTPField.Name("X-Request-Id")!] != nil)
            let options = try await api.send(.options, "/v1/operations/audit", as: "olga")
            #expect((options.status, options.headers[.allow]) == (204, "OPTIONS, POST"))
            let wrong = try await api.send(.get, "/v1/operations/dead-letters/purge", as: "olga")
            #expect((wrong.status, wrong.code) == (405, "method_not_allowed"))
            #expect(wrong.headers[.allow] == "OPTIONS, POST")
            let missing = try await api.send(.get, "/v1/operations/nonsense", as: "olga")
            #expect((missing.status, missing.code) == (404, "no_such_route"))
        }
    }

    private static let digest = String(repeating: "ab", count: 32)

    @Test(arguments: [
        "operators \(digest)", "operator/ \(digest)", "operator/a/b \(digest)", "operator",
        "operator anna \(digest)", "operator/anna 00",
        "operator/\(String(repeating: "x", count: 65)) \(digest)",
    ])
    func `a wrong line of an operator is named`(line: String) {
        let error = #expect(throws: TokenFileError.self) {
            try Tenants(tokens: "# first\n" + line, anonymous: nil)
        }
        #expect(error?.line == 2)
        #expect(error.map { "\($0)".contains("ab") && "\($0)".contains(Self.digest) } == false)
    }

    @Test func `an operator's token alone is enough to start with`() throws {
        let tenants = try Tenants(tokens: "operator \(Self.digest)", anonymous: nil)
        #expect(!tenants.isEmpty)
    }
}
