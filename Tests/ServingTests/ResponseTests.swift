import FoundationEssentials
import HTTPTypes
import Postgres
import TestSupport
import Testing

@testable import Serving

/// The bodies of responses, byte for byte.
@Suite(.timeLimit(.minutes(5))) struct ResponseTests {
    private static let time = "'2026-01-02 03:04:05.678912+00'::timestamptz"

    @Test func `a job is described with its stage, state and times`() async throws {
        try await TestAPI.lend { api in
            let upload = try await api.upload("text")
            let (job, document) = (try upload.text("job_id"), try upload.text("document_id"))
            #expect(
                String(decoding: upload.body, as: UTF8.self)
                    == #"{"document_id":"\#(document)","duplicate":false,"job_id":"\#(job)","#
                    + #""stage":"queued","state":"queued"}"#)
            try await api.database.script(
                """
                UPDATE upload_pipeline.upload_jobs SET state = 'working', attempt = 1,
                    claim_id = gen_random_uuid(), claimed_by = 't', lease_until = now();
                UPDATE upload_pipeline.upload_jobs SET state = 'retryable', retry_count = 1,
                    claim_id = NULL, claimed_by = NULL, lease_until = NULL,
                    last_error =
                    '{"error_type":"busy","message":"m","timestamp":"t","retry_count":1}';
                SET session_replication_role = replica;
                UPDATE upload_pipeline.upload_jobs SET created_at = \(Self.time),
                    run_at = \(Self.time) + interval '1 s', started_at = \(Self.time),
                    updated_at = \(Self.time);
                RESET session_replication_role;
                """)
            let answer = try await api.send(.get, "/v1/jobs/\(job)")
            #expect(
                String(decoding: answer.body, as: UTF8.self)
                    == #"{"attempt":1,"created_at":"2026-01-02T03:04:05.678Z","#
                    + #""document_id":"\#(document)","filename":"a.txt","job_id":"\#(job)","#
                    + #""last_error":{"error_type":"busy","message":"m","retry_count":1,"#
                    + #""timestamp":"t"},"#
                    + #""progress":{"fraction":0},"#
                    + #""retry_at":"2026-01-02T03:04:06.678Z","retry_count":1,"stage":"queued","#
                    + #""started_at":"2026-01-02T03:04:05.678Z","state":"retryable","#
                    + #""updated_at":"2026-01-02T03:04:05.678Z"}"#)
        }
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (999, "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"), (1_000_000, "1970-01-01T00:00:01.000Z"),
        (1_795_810_000_123_999, "2026-11-27T20:06:40.123Z"),
        (4_102_444_799_999_999, "2099-12-31T23:59:59.999Z"),
    ])
    func `a time is written with milliseconds, and the rest is cut off`(
        microseconds: Int, text: String
    ) {
        #expect(Date(timeIntervalSince1970: Double(microseconds) / 1e6).rfc3339 == text)
    }

    @Test func `times are written as the database writes them`() async throws {
        try await TestDatabase.lend { database in
            let rows = try await database.pool.query(
                PostgresStatement(
                    """
                    SELECT t, to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
                    FROM (SELECT timestamptz '1990-01-01' + random() * interval '100 years' AS t
                        FROM generate_series(1, 5000)) AS times
                    """))
            for row in rows {
                #expect(try row.decode(0, as: Date.self).rfc3339 == row.decode(1, as: String.self))
            }
        }
    }

    @Test func `documents, chunks and hits name their pages and times`() async throws {
        try await TestAPI.lend { api in
            let document = try await api.seed(["one", "two"])
            try await api.database.script(
                """
                UPDATE upload_pipeline.documents SET created_at = \(Self.time),
                    updated_at = \(Self.time);
                UPDATE upload_pipeline.document_chunks SET page_last = 3 WHERE chunk_ord = 0;
                UPDATE upload_pipeline.document_chunks SET page_first = NULL, page_last = NULL
                WHERE chunk_ord = 1
                """)
            let listed = try await api.send(.get, "/v1/documents/\(document)")
            #expect(try listed.text("created_at") == "2026-01-02T03:04:05.678Z")
            #expect(try listed.text("status") == "embedded")
            let chunks = try await api.send(.get, "/v1/documents/\(document)/chunks")
            let text = String(decoding: chunks.body, as: UTF8.self)
            #expect(text.contains(#""ord":0,"pages":[3],"text":"one""#))
            #expect(text.contains(#""ord":1,"text":"two""#))
        }
    }

    @Test func `the pipeline names when a provider is tried again`() async throws {
        try await TestAPI.lend { api in
            try await api.database.script(
                """
                INSERT INTO upload_pipeline.provider_states
                    (worker, provider, health, reason, reopens_at, updated_at)
                VALUES ('w', 'p', 'half_open', 'busy', \(Self.time), now())
                """)
            let answer = try await api.send(.get, "/v1/pipeline")
            #expect(
                String(decoding: answer.body, as: UTF8.self).contains(
                    #"{"health":"half_open","name":"p","programs":1,"reason":"busy","#
                        + #""reopens_at":"2026-01-02T03:04:05.678Z"}"#))
        }
    }
}
