import Domain
import FoundationEssentials
import HTTPTypes
import JobStorePostgres
import Operating
import OperationsPostgres
import Pipeline
import Postgres
import Querying
import Serving
import TestSupport
import Testing

/// `/v1/operations`, as an operator uses it.
@Suite(.timeLimit(.minutes(5))) struct OperationsTests {
    /// Makes one dead letter in parsing per code; returns the jobs in order.
    private static func die(_ codes: [DocumentFailure], in api: TestAPI) async throws -> [JobID] {
        var jobs: [JobID] = []
        for code in codes {
            let job = try await api.database.seedJob(of: TestAPI.bob)
            let claimed = try await api.database.claim([job])[0]
            try await api.database.store.fail(
                claimed.claim, .permanent(.document(code), "cause \(code.rawValue)"),
                verdict: .deadletter)
            jobs.append(job)
        }
        return jobs
    }

    private static func get(_ api: TestAPI, _ path: String) async throws -> Answer {
        try await api.send(.get, "/v1/operations" + path, as: "olga")
    }

    private static func post(_ api: TestAPI, _ path: String, _ body: String) async throws -> Answer
    {
        try await api.send(.post, "/v1/operations" + path, as: "olga", body: Array(body.utf8))
    }

    @Test func `the status has counts, queues, rates and free space`() async throws {
        try await TestAPI.lend { api in
            _ = try await Self.die([.encrypted], in: api)
            _ = try await api.database.seedJob()
            let answer = try await Self.get(api, "/status")
            #expect(answer.status == 200)
            #expect(try answer.texts("counts", "state").contains("deadletter"))
            #expect(try answer.texts("queues", "queue") == ["parse", "chunk", "embed", "flush"])
            #expect(
                Set(try answer.json.keys) == [
                    "counts", "queues", "finished_per_minute", "deadlettered_per_minute",
                    "providers", "storage_free_bytes",
                ])
        }
    }

    @Test func `dead letters are listed page by page, and filtered`() async throws {
        try await TestAPI.lend { api in
            let jobs = try await Self.die([.encrypted, .malformed, .encrypted], in: api)
            let first = try await Self.get(api, "/dead-letters?limit=2")
            #expect(try first.texts("dead_letters", "job_id") == ["\(jobs[2])", "\(jobs[1])"])
            #expect(try first.texts("dead_letters", "tenant_id").first == "\(TestAPI.bob)")
            let next = try first.text("next")
            let second = try await Self.get(api, "/dead-letters?limit=2&after=\(next)")
            #expect(try second.texts("dead_letters", "job_id") == ["\(jobs[0])"])
            #expect(try second.json["next"] == nil)
            let some = try await Self.get(
                api, "/dead-letters?code=encrypted&stage=queued&tenant=\(TestAPI.bob)")
            #expect(try some.texts("dead_letters", "code") == ["encrypted", "encrypted"])
            let other = try await Self.get(api, "/dead-letters?tenant=\(TestAPI.alice)")
            #expect(try other.texts("dead_letters", "code") == [])
            let causes = try await Self.get(api, "/dead-letters/causes")
            #expect(try causes.texts("causes", "code") == ["encrypted", "malformed"])
            #expect(
                try causes.texts("causes", "last_message") == [
                    "cause encrypted", "cause malformed",
                ])
        }
    }

    @Test(arguments: [
        ("/dead-letters?limit=0", "limit_invalid"), ("/dead-letters?limit=1001", "limit_invalid"),
        ("/dead-letters?after=1", "cursor_invalid"),
        ("/dead-letters?after=-1_01890000-0000-7000-8000-000000000000", "cursor_invalid"),
        ("/dead-letters?stage=x", "stage_invalid"),
        ("/dead-letters?tenant=x", "tenant_invalid"), ("/dead-letters?code=%00", "code_invalid"),
        ("/dead-letters?code=", "code_invalid"), ("/spend?by=month", "by_invalid"),
        ("/spend?window_seconds=0", "window_invalid"),
        ("/spend?window_seconds=9999999999", "window_invalid"),
        ("/jobs/01890000-0000-7000-8000-000000000000/events?after=-1", "cursor_invalid"),
    ])
    func `a wrong parameter is refused with its code`(path: String, code: String) async throws {
        try await TestAPI.lend { api in
            let answer = try await Self.get(api, path)
            #expect((answer.status, answer.code) == (400, code))
        }
    }

    @Test func `one dead letter and the history of any job are found by id`() async throws {
        try await TestAPI.lend { api in
            let job = try await Self.die([.encrypted], in: api)[0]
            let letter = try await Self.get(api, "/dead-letters/\(job)")
            #expect(try letter.text("code") == "encrypted")
            #expect(try letter.text("failed_at").hasSuffix("Z"))
            let events = try await Self.get(api, "/jobs/\(job)/events?limit=2")
            #expect(try events.texts("events", "code") == ["accepted", "queued"])
            let rest = try await Self.get(
                api, "/jobs/\(job)/events?after=\(try events.text("next"))")
            #expect(try rest.texts("events", "code") == ["encrypted"])
            let alive = try await api.database.seedJob()
            for path in ["/dead-letters/\(alive)", "/dead-letters/nonsense"] {
                let answer = try await Self.get(api, path)
                #expect((answer.status, answer.code) == (404, "dead_letter_not_found"))
            }
            let missing = try await Self.get(api, "/jobs/\(JobID())/events")
            #expect((missing.status, missing.code) == (404, "job_not_found"))
        }
    }

    @Test func `a redrive counts first, then acts, and a repetition changes nothing`() async throws
    {
        try await TestAPI.lend { api in
            let jobs = try await Self.die([.encrypted, .malformed], in: api)
            let dry = try await Self.post(
                api, "/dead-letters/redrive", #"{"all": true, "dry_run": true}"#)
            #expect(dry.status == 200)
            #expect(try dry.json["matched"] == .number(2))
            #expect(try dry.json["changed"] == .number(0))
            #expect(try dry.json["dry_run"] == .bool(true))
            for expected in [1.0, 0] {
                let answer = try await Self.post(
                    api, "/dead-letters/redrive", #"{"jobs": ["\#(jobs[0])"]}"#)
                #expect(try answer.json["changed"] == .number(expected))
            }
            #expect(try await api.database.position(jobs[0]) == "queued/queued")
            let events = try await Self.get(api, "/jobs/\(jobs[0])/events")
            let text = String(decoding: events.body, as: UTF8.self)
            #expect(text.contains(#""requested_by":"olga""#), "\(text)")
            let late = try await Self.post(
                api, "/dead-letters/redrive",
                #"{"all": true, "failed_before": "2020-01-01T00:00:00Z"}"#)
            #expect(try late.json["matched"] == .number(0))
        }
    }

    @Test func `a purge deletes what its filter selects, at most its limit`() async throws {
        try await TestAPI.lend { api in
            _ = try await Self.die([.encrypted, .encrypted, .malformed], in: api)
            let purged = try await Self.post(
                api, "/dead-letters/purge", #"{"filter": {"code": "encrypted"}, "limit": 1}"#)
            #expect(
                try purged.json["matched"] == .number(2) && purged.json["changed"] == .number(1))
            let left = try await Self.get(api, "/dead-letters")
            #expect(try Set(left.texts("dead_letters", "code")) == ["encrypted", "malformed"])
        }
    }

    @Test(arguments: [
        ("{}", 422, "selection_invalid"), (#"{"jobs": []}"#, 422, "selection_invalid"),
        (#"{"filter": {}}"#, 422, "selection_invalid"),
        (#"{"all": true, "filter": {"code": "a"}}"#, 422, "selection_invalid"),
        (#"{"all": true, "failed_before": "yesterday"}"#, 422, "selection_invalid"),
        (#"{"all": true, "limit": 0}"#, 400, "limit_invalid"),
        (#"{"all": true, "dry-run": true}"#, 400, "malformed_json"),
        (#"{"filter": {"code": "a", "stages": "parsing"}}"#, 400, "malformed_json"),
        (#"{"all": true, "limit": 1001}"#, 400, "limit_invalid"),
        (#"{"filter": {"stage": "x"}}"#, 400, "stage_invalid"),
        (#"{"filter": {"code": "\u0000"}}"#, 400, "code_invalid"),
        (#"{"jobs": ["x"]}"#, 400, "malformed_json"), ("", 400, "malformed_json"),
        (String(repeating: " ", count: 70_000), 413, "body_too_large"),
    ])
    func `an unclear selection changes nothing`(body: String, status: Int, code: String)
        async throws
    {
        try await TestAPI.lend { api in
            let jobs = try await Self.die([.encrypted], in: api)
            for action in ["redrive", "purge"] {
                let answer = try await Self.post(api, "/dead-letters/\(action)", body)
                #expect((answer.status, answer.code) == (status, code), "\(action)")
            }
            #expect(try await api.database.position(jobs[0]) == "queued/deadletter")
        }
    }

    @Test func `spend is summed as requested`() async throws {
        try await TestAPI.lend { api in
            try await api.database.script(
                """
                INSERT INTO upload_pipeline.provider_calls
                    (call_id, part, operation, provider, model, user_id, units, bytes, tokens,
                     outcome)
                VALUES (gen_random_uuid(), 0, 'query', 'p', 'm', '\(TestAPI.bob)', 1, 9, 5, 'ok')
                """)
            let answer = try await Self.get(
                api, "/spend?by=tenant&window_seconds=60&tenant=\(TestAPI.bob)")
            #expect(try answer.texts("sums", "key") == ["\(TestAPI.bob)"])
            #expect(try answer.json["window_seconds"] == .number(60))
            let day = try await Self.get(api, "/spend")
            #expect(try day.text("by") == "day")
        }
    }

    @Test func `an audit reports each invariant, breaches and missing blobs`() async throws {
        try await TestAPI.lend { api in
            let sound = try await Self.post(api, "/audit", "{}")
            #expect(sound.status == 200)
            #expect(try sound.json["is_sound"] == .bool(true))
            #expect(try sound.texts("invariants", "name").count == Invariant.allCases.count)
            #expect(try sound.json["blobs"] == nil)
            _ = try await api.database.seedJob()
            try await api.database.script("DELETE FROM upload_pipeline.events")
            let all = try await Self.post(api, "/audit", #"{"all": true, "blobs": true}"#)
            #expect(try all.json["is_sound"] == .bool(false))
            #expect(try all.json["window_seconds"] == nil)
            let text = String(decoding: all.body, as: UTF8.self)
            #expect(text.contains("accepted 0 times"), "\(text)")
            #expect(text.contains(#""missing_count":1"#), "\(text)")
        }
    }

    @Test func `an audit's body that is too large is refused`() async throws {
        try await TestAPI.lend { api in
            let answer = try await Self.post(api, "/audit", String(repeating: " ", count: 5000))
            #expect((answer.status, answer.code) == (413, "body_too_large"))
        }
    }

    @Test(arguments: [
        #"{"window_seconds": 0}"#, #"{"window_seconds": 60, "all": true}"#,
        #"{"window_seconds": 99999999999}"#,
    ])
    func `a wrong window of an audit is refused`(body: String) async throws {
        try await TestAPI.lend { api in
            let answer = try await Self.post(api, "/audit", body)
            #expect((answer.status, answer.code) == (400, "window_invalid"))
        }
    }

    @Test func `an audit that exceeds its limit is ended, and states the setting`() async throws {
        try await TestAPI.lend(operations: { pool in
            OperationsSetup(store: PostgresOperations(pool: pool), auditLimit: .nanoseconds(1))
        }) { api in
            let answer = try await Self.post(api, "/audit", "{}")
            #expect((answer.status, answer.code) == (503, "audit_timeout"))
            #expect(answer.headers[.retryAfter] == nil, "the same audit takes as long again")
            #expect(try answer.text("detail").contains("MILLRACE_OPERATIONS_AUDIT_TIMEOUT"))
        }
    }

    @Test func `a database that is away is a problem to be retried`() async throws {
        try await TestAPI.lend(operations: { _ in
            let gone = PostgresPool(
                PostgresConfiguration(conninfo: "host=127.0.0.1 port=1 dbname=x"))
            return OperationsSetup(
                store: PostgresOperations(pool: gone), auditLimit: .seconds(60))
        }) { api in
            for path in ["/status", "/dead-letters", "/spend"] {
                let answer = try await Self.get(api, path)
                #expect((answer.status, answer.code) == (503, "database_unavailable"), "\(path)")
                #expect(answer.headers[.retryAfter] != nil)
            }
            // Uploads and lookups have connections of their own.
            #expect(try await api.upload("some text").status == 202)
        }
    }
}
