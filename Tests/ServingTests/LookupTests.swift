import Backups
import Domain
import FoundationEssentials
import HTTPTypes
import Postgres
import Querying
import Serving
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct LookupTests {
    @Test func `the data of one tenant does not exist for another`() async throws {
        try await TestAPI.lend { api in
            let answer = try await api.upload("mine")
            let job = try answer.text("job_id")
            let document = try answer.text("document_id")
            let paths = [
                "/v1/jobs/\(job)", "/v1/jobs/\(job)/events", "/v1/documents/\(document)",
                "/v1/documents/\(document)/chunks",
            ]
            for path in paths {
                #expect(try await api.send(.get, path).status == 200)
                #expect(try await api.send(.get, path, as: "bob").status == 404)
            }
            let deleted = try await api.send(.delete, "/v1/documents/\(document)", as: "bob")
            #expect((deleted.status, deleted.code) == (404, "document_not_found"))
            let list = try await api.send(.get, "/v1/documents", as: "bob")
            #expect(try list.json["documents"] == .array([]))
        }
    }

    @Test func `a job shows its progress and its last error`() async throws {
        try await TestAPI.lend { api in
            let job = try await api.upload("text").text("job_id")
            let path = "/v1/jobs/\(job)"
            #expect(
                try await api.send(.get, path).json["progress"] == .object(["fraction": .number(0)])
            )
            try await api.database.script(
                """
                UPDATE upload_pipeline.upload_jobs SET state = 'working', attempt = 1,
                    claim_id = gen_random_uuid(), claimed_by = 't', lease_until = now();
                UPDATE upload_pipeline.upload_jobs SET state = 'deadletter', claim_id = NULL,
                    claimed_by = NULL, lease_until = NULL, finished_at = now(), last_error =
                    '{"error_type":"encrypted","message":"m","timestamp":"t","retry_count":0}';
                """)
            let answer = try await api.send(.get, path)
            #expect(try answer.text("state") == "deadletter")
            guard case .object(let error)? = try answer.json["last_error"] else {
                Issue.record("no last_error")
                return
            }
            #expect(error["error_type"] == .string("encrypted"))
            let again = try await api.upload("text")
            #expect(try again.text("state") == "deadletter")
        }
    }

    @Test func `a deletion removes the document, its job, its buffers and its file`() async throws {
        try await TestAPI.lend { api in
            let answer = try await api.upload("text")
            let document = try answer.text("document_id")
            try await api.database.script(
                """
                INSERT INTO upload_pipeline.document_vector_buffer
                VALUES ('\(document)', 1, 0, array_fill(0.5, ARRAY[1536])::public.vector)
                """)
            #expect(try await api.send(.delete, "/v1/documents/\(document)").status == 204)
            #expect(try await api.send(.delete, "/v1/documents/\(document)").status == 404)
            #expect(try api.files() == [])
            let left = try await api.database.texts(
                """
                SELECT (SELECT count(*) FROM upload_pipeline.upload_jobs)
                     + (SELECT count(*) FROM upload_pipeline.document_vector_buffer)
                """)
            #expect(left == ["0"])
            let anew = try await api.upload("text")
            #expect(anew.status == 202)
            #expect(try anew.text("document_id") != document)
        }
    }

    @Test func `a deleted document's file is kept while a backup holds the blobs`() async throws {
        try await TestAPI.lend { api in
            let document = try await api.upload("text").text("document_id")
            let status = try await api.database.pool.holdingBlobs { _ in
                try await api.send(.delete, "/v1/documents/\(document)").status
            }
            #expect(status == 204)
            #expect(try api.files().count == 1)
            let next = try await api.upload("another text").text("document_id")
            #expect(try await api.send(.delete, "/v1/documents/\(next)").status == 204)
            #expect(try api.files().count == 1, "the hold has ended")
        }
    }

    @Test func `a deletion waits for a worker that is moving the job`() async throws {
        try await TestAPI.lend { api in
            let document = try await api.upload("text").text("document_id")
            let path = "/v1/documents/\(document)"
            // The lock order of a claim: first the job's row, then, by trigger, the document's.
            let deleting = try await api.database.pool.withConnection { connection in
                try await connection.executeScript(
                    "BEGIN; SELECT FROM upload_pipeline.upload_jobs FOR UPDATE")
                let deleting = Task { try await api.send(.delete, path).status }
                let waiting = """
                    SELECT 1 FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'
                    """
                while try await api.database.texts(waiting).isEmpty {}
                try await connection.executeScript(
                    "UPDATE upload_pipeline.documents SET updated_at = now(); COMMIT")
                return deleting
            }
            #expect(try await deleting.value == 204)
            #expect(try await api.send(.get, path).status == 404)
        }
    }

    @Test func `a chunk that was measured in characters has no token count`() async throws {
        try await TestAPI.lend { api in
            let document = try await api.seed(["counted", "measured"])
            try await api.database.script(
                "UPDATE upload_pipeline.document_chunks SET tokens = NULL WHERE chunk_ord = 1")
            let answer = try await api.send(.get, "/v1/documents/\(document)/chunks")
            guard case .array(let chunks)? = try answer.json["chunks"] else {
                Issue.record("no chunks")
                return
            }
            let tokens = chunks.map { chunk in
                guard case .object(let fields) = chunk else { return false }
                return fields["tokens"] != nil
            }
            #expect(tokens == [true, false])
        }
    }

    @Test func `the pages of a list contain every document once`() async throws {
        try await TestAPI.lend { api in
            for number in 0..<5 { #expect(try await api.upload("text \(number)").status == 202) }
            var seen: [String] = []
            var after = ""
            repeat {
                let page = try await api.send(.get, "/v1/documents?limit=2\(after)")
                seen += try page.texts("documents", "document_id")
                let next = try page.text("next")
                after = next.isEmpty ? "" : "&after=\(next)"
            } while !after.isEmpty
            #expect(seen.count == 5 && Set(seen).count == 5)
            for query in ["limit=0", "limit=1001", "limit=x", "after=x"] {
                #expect(try await api.send(.get, "/v1/documents?\(query)").status == 400)
            }
        }
    }

    @Test func `the pipeline has counts and rates`() async throws {
        try await TestAPI.lend { api in
            _ = try await api.upload("text")
            _ = try await api.seed(["one"])
            let answer = try await api.send(.get, "/v1/pipeline")
            #expect(try answer.texts("counts", "stage") == ["embedded", "queued"])
            #expect(try answer.json["finished_per_minute"] == .number(0.2))
        }
    }

    @Test func `a request that waits too long for a connection is refused with a time to retry`()
        async throws
    {
        let pools = Mutex<PostgresPool?>(nil)
        try await TestAPI.lend(pool: { url in
            let pool = PostgresPool(
                PostgresConfiguration(
                    conninfo: url, connectionsMax: 1, acquireTimeout: .milliseconds(50)))
            pools.withLock { $0 = pool }
            return pool
        }) { api in
            let pool = try #require(pools.withLock { $0 })
            let answer = try await pool.withConnection { _ in
                try await api.send(.get, "/v1/pipeline")
            }
            #expect((answer.status, answer.code) == (503, "busy"))
            #expect(answer.headers[.retryAfter] == "1")
            #expect(try await api.send(.get, "/v1/pipeline").status == 200)
        }
    }

    @Test func `an unknown path is 404 and a wrong method 405`() async throws {
        try await TestAPI.lend { api in
            let nowhere = try await api.send(.get, "/v2/documents")
            #expect((nowhere.status, nowhere.code) == (404, "no_such_route"))
            for path in ["/v1//documents", "//v1/documents", "/v1/documents//"] {
                let empty = try await api.send(.get, path)
                #expect((empty.status, empty.code) == (404, "no_such_route"), "\(path)")
            }
            let wrong = try await api.send(.put, "/v1/search")
            #expect((wrong.status, wrong.code) == (405, "method_not_allowed"))
            #expect(wrong.headers[.allow] == "OPTIONS, POST")
            #expect(try await api.send(.get, "/v1/jobs/no-uuid").code == "job_not_found")
        }
    }

    @Test func `a path answers HEAD like GET and OPTIONS with its methods`() async throws {
        try await TestAPI.lend { api in
            let get = try await api.send(.get, "/v1/documents")
            let head = try await api.send(.head, "/v1/documents")
            #expect(head.status == 200 && head.body.isEmpty)
            #expect(head.headers[.contentType] == get.headers[.contentType])
            let options = try await api.send(.options, "/v1/documents")
            #expect(options.status == 204)
            #expect(options.headers[.allow] == "GET, HEAD, OPTIONS, POST")
            #expect(try await api.send(.head, "/v1/nowhere").status == 404)
        }
    }

    @Test func `every response forbids caching and content sniffing`() async throws {
        try await TestAPI.lend { api in
            for path in ["/v1/documents", "/v1/nowhere", "/v1/jobs/no-uuid"] {
                let answer = try await api.send(.get, path)
                #expect(answer.headers[.cacheControl] == "no-store")
                #expect(answer.headers[.xContentTypeOptions] == "nosniff")
            }
        }
    }
}
