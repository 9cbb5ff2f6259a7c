import HTTPTypes
import Testing

/// What a client reads when its JSON body is wrong: the names of the API's description, and none
/// of this program's types.
@Suite(.timeLimit(.minutes(5))) struct BodyFaultTests {
    private static let search = "/v1/search"
    private static let redrive = "/v1/operations/dead-letters/redrive"
    private static let audit = "/v1/operations/audit"

    private static let faults: [(path: String, body: String, detail: String)] = [
        (search, "{", "The body must be valid JSON."),
        (search, "[]", "The body must be an object."),
        (search, "{}", "'query' is missing."),
        (search, #"{"query": 1}"#, "'query' must be a string."),
        (search, #"{"query": "x", "k": "1"}"#, "'k' must be a whole number."),
        (
            search, #"{"query": "x", "k": 1.5}"#,
            "A number in the body is not whole, or is too large."
        ),
        (
            search, #"{"query": "x", "k": 99999999999999999999}"#,
            "A number in the body is not whole, or is too large."
        ),
        (
            search, #"{"query": "x", "mode": "fused"}"#,
            "'mode' must be one of hybrid, vector, text."
        ),
        (
            search, #"{"query": "x", "filters": {"document_ids": ["a"]}}"#,
            "'filters.document_ids[0]' must be a UUID."
        ),
        (
            search, #"{"query": "x", "filters": {"document_ids": 1}}"#,
            "'filters.document_ids' must be a list."
        ),
        (
            "/v1/uploads", #"{"filename": "a", "content_type": 1, "bytes": 1}"#,
            "'content_type' must be a string."
        ),
        (redrive, #"{"all": 1}"#, "'all' must be true or false."),
        (redrive, #"{"jobs": {}}"#, "'jobs' must be a list."),
        (redrive, #"{"filter": "parsing"}"#, "'filter' must be an object."),
        (redrive, #"{"failed_before": 1}"#, "'failed_before' must be a string."),
        (
            redrive, #"{"all": true, "failedBefore": "x"}"#,
            "'failedBefore' is not a field of the body."
        ),
        (redrive, #"{"all": true, "dry_runs": 1}"#, "'dry_runs' is not a field of the body."),
        (
            redrive, #"{"filter": {"code": "a", "a_stage": "b"}}"#,
            "'a_stage' is not a field of 'filter'."
        ),
        (audit, #"{"window_seconds": []}"#, "'window_seconds' must be a whole number."),
        (audit, #"{"window": 1}"#, "'window' is not a field of the body."),
    ]

    @Test func `a wrong body is described by the field as the client wrote it`() async throws {
        try await TestAPI.lend { api in
            for (path, body, detail) in Self.faults {
                let token = path.hasPrefix("/v1/operations") ? "olga" : "alice"
                let answer = try await api.send(.post, path, as: token, body: Array(body.utf8))
                #expect((answer.status, answer.code) == (400, "malformed_json"), "\(body)")
                #expect(try answer.text("detail") == detail, "\(body)")
            }
        }
    }
}
