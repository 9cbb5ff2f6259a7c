import HTTPTypes
import Serving
import Testing

/// Tenants' and operators' tokens each open their own paths.
@Suite(.timeLimit(.minutes(5))) struct OperatorTokenTests {
    private static let job = "01890000-0000-7000-8000-000000000000"

    /// Every operation, with the status of an operator's request without a body.
    private static let paths: [(HTTPRequest.Method, path: String, status: Int)] = [
        (.get, "/v1/operations/status", 200), (.get, "/v1/operations/dead-letters", 200),
        (.get, "/v1/operations/dead-letters/causes", 200),
        (.post, "/v1/operations/dead-letters/redrive", 400),
        (.post, "/v1/operations/dead-letters/purge", 400),
        (.get, "/v1/operations/dead-letters/\(job)", 404),
        (.get, "/v1/operations/jobs/\(job)/events", 404),
        (.get, "/v1/operations/spend", 200), (.post, "/v1/operations/audit", 400),
    ]

    @Test func `every operation requires an operator's token`() async throws {
        try await TestAPI.lend(anonymous: TestAPI.alice) { api in
            let tested = Self.paths.map { method, path, _ in
                "\(method.rawValue) \(path.replacing(Self.job, with: "{job}"))"
            }
            #expect(tested.sorted() == api.operations.filter { $0.contains("/v1/operations") })
            for (method, path, status) in Self.paths {
                // The anonymous tenant of this machine is no operator.
                let anonymous = try await api.send(method, path, as: nil)
                #expect((anonymous.status, anonymous.code) == (401, "unauthorized"), "\(path)")
                let unknown = try await api.send(method, path, as: "carol")
                #expect((unknown.status, unknown.code) == (401, "unauthorized"), "\(path)")
                let tenant = try await api.send(method, path, as: "alice")
                #expect((tenant.status, tenant.code) == (403, "operator_required"), "\(path)")
                let known = try await api.send(method, path, as: "olga")
                #expect(known.status == status && known.code != "no_such_route", "\(path)")
            }
        }
    }

    /// Spellings that some servers take for /v1/operations/status, with the code of the refusal.
    @Test(arguments: [
        ("/v1/%6Fperations/status", "no_such_route"), ("/v1/./operations/status", "no_such_route"),
        ("/v1/operations/../operations/status", "operator_required"),
        ("/v1//operations/status", "no_such_route"), ("/V1/operations/status", "no_such_route"),
        ("/v1/operations/status/", "operator_required"), ("/v1/operations", "operator_required"),
    ])
    func `no spelling of a path lets a tenant in`(path: String, code: String) async throws {
        try await TestAPI.lend { api in
            let answer = try await api.send(.get, path, as: "alice")
            #expect(answer.code == code, "\(path): \(answer.status)")
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
            for (method, path, _) in Self.paths {
                let answer = try await api.send(method, path, as: "olga")
                #expect((answer.status, answer.code) == (503, "operations_disabled"), "\(path)")
                #expect(try answer.text("detail").contains("MILLRACE_OPERATIONS_POSTGRES_URL"))
                #expect(answer.headers[.retryAfter] == nil, "a retry cannot succeed")
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
        "operators \(digest)", "operator/ \(digest)", "operator/hush/b \(digest)", "operator",
        "operator hush \(digest)", "operator/anna hush",
        "operator/\(String(repeating: "hush", count: 17)) \(digest)",
    ])
    func `a wrong line of an operator is named by its number only`(line: String) {
        let error = #expect(throws: TokenFileError.self) {
            try Tenants(tokens: "# first\n" + line, anonymous: nil)
        }
        #expect(error?.line == 2)
        for word in ["hush", Self.digest] {
            #expect(error.map { "\($0)".contains(word) } == false)
        }
    }

    @Test func `an operator's token alone is enough to start with`() throws {
        let tenants = try Tenants(tokens: "operator \(Self.digest)", anonymous: nil)
        #expect(!tenants.isEmpty)
    }
}
