import Domain
import JobStorePostgres
import Pipeline
import Postgres
import TestSupport
import Testing

/// Documents that are flushed in several slices.
@Suite(.timeLimit(.minutes(5))) struct LongDocumentTests {
    /// Two full slices and part of a third.
    private static let chunks = 2_500

    /// Fills the buffers as the chunk-worker and the embed-worker do.
    private func embedded(_ database: TestDatabase, generation: Int = 1) async throws -> JobID {
        let job = try await database.seedJob()
        try await database.parsed(job)
        try await database.chunked(job, count: 1)
        try await database.embedded(job)
        try await database.script(
            """
            UPDATE upload_pipeline.upload_jobs
            SET expected_chunks = \(Self.chunks), generation = \(generation)
            WHERE job_id = '\(job)';
            CREATE TEMPORARY TABLE text ON COMMIT DROP AS
                SELECT b.* FROM upload_pipeline.document_chunk_buffer b
                JOIN upload_pipeline.upload_jobs USING (document_id) WHERE job_id = '\(job)';
            CREATE TEMPORARY TABLE vector ON COMMIT DROP AS
                SELECT b.* FROM upload_pipeline.document_vector_buffer b
                JOIN upload_pipeline.upload_jobs USING (document_id) WHERE job_id = '\(job)';
            DELETE FROM upload_pipeline.document_chunk_buffer
                WHERE document_id = (SELECT document_id FROM text);
            DELETE FROM upload_pipeline.document_vector_buffer
                WHERE document_id = (SELECT document_id FROM text);
            """ + copies(of: "text", in: "document_chunk_buffer", generation)
                + copies(of: "vector", in: "document_vector_buffer", generation))
        return job
    }

    private func copies(of row: String, in buffer: String, _ generation: Int) -> String {
        """
        DO $$ BEGIN FOR n IN 0..\(Self.chunks - 1) LOOP
            UPDATE \(row) SET chunk_ord = n, generation = \(generation);
            \(row == "text" ? "UPDATE text SET chunk_id = gen_random_uuid();" : "")
            INSERT INTO upload_pipeline.\(buffer) SELECT * FROM \(row);
        END LOOP; END $$;
        """
    }

    @Test func `a long document is flushed completely in several slices`()
        async throws
    {
        try await TestDatabase.lend { database in
            let job = try await embedded(database)
            let claimed = try await database.claim([job], .flush)[0]
            #expect(try await database.store.flush(claimed) == Self.chunks)
            #expect(try await database.position(job) == "embedded/done")
            let found = try await database.texts(
                """
                SELECT concat_ws(' ', count(*), count(DISTINCT chunk_ord), max(chunk_ord),
                    (SELECT count(*) FROM upload_pipeline.chunk_sketches),
                    (SELECT count(*) FROM upload_pipeline.document_chunk_buffer),
                    (SELECT count(*) FROM upload_pipeline.document_vector_buffer))
                FROM upload_pipeline.document_chunks
                """)
            #expect(found == ["2500 2500 2499 2500 0 0"])
            #expect(
                try await database.texts(
                    "SELECT payload ->> 'chunks' FROM upload_pipeline.events "
                        + "WHERE type = 'finalized'") == ["2500"])
            // A claim that has ended moves nothing.
            await #expect(throws: JobFailure.self) {
                try await database.store.flush(claimed)
            }
        }
    }

    @Test func `a long document with a missing vector is not flushed at all`() async throws {
        try await TestDatabase.lend { database in
            let job = try await embedded(database)
            try await database.script(
                "DELETE FROM upload_pipeline.document_vector_buffer WHERE chunk_ord = 2400")
            let claimed = try await database.claim([job], .flush)[0]
            let failure = await #expect(throws: JobFailure.self) {
                try await database.store.flush(claimed)
            }
            #expect(failure?.code == .database(.chunksMissing))
            #expect(
                try await database.texts("SELECT count(*) FROM upload_pipeline.document_chunks")
                    == ["0"])
            #expect(try await database.position(job) == "embedded/working")
        }
    }

    @Test func `a flush whose job ends between two slices moves nothing`() async throws {
        try await TestDatabase.lend { database in
            let job = try await embedded(database)
            let claimed = try await database.claim([job], .flush)[0]
            try await database.script(
                """
                CREATE FUNCTION end_job() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    DELETE FROM upload_pipeline.upload_jobs; RETURN NULL; END $$;
                CREATE TRIGGER end_job AFTER INSERT ON upload_pipeline.document_chunks
                    FOR EACH STATEMENT EXECUTE FUNCTION end_job()
                """)
            let failure = await #expect(throws: JobFailure.self) {
                try await database.store.flush(claimed)
            }
            #expect(failure?.code == .database(.chunksMissing))
            #expect(
                try await database.texts("SELECT count(*) FROM upload_pipeline.document_chunks")
                    == ["0"])
            #expect(try await database.position(job) == "embedded/working")
        }
    }

    @Test func `a long document's new version replaces the old one`() async throws {
        try await TestDatabase.lend { database in
            let job = try await embedded(database)
            _ = try await database.store.flush(database.claim([job], .flush)[0])
            let newer = try await embedded(database, generation: 2)
            // Makes both jobs belong to one document, as after a second upload of other bytes.
            try await database.script(
                """
                UPDATE upload_pipeline.document_chunk_buffer SET document_id = o.document_id
                    FROM upload_pipeline.upload_jobs o WHERE o.job_id = '\(job)';
                UPDATE upload_pipeline.document_vector_buffer SET document_id = o.document_id
                    FROM upload_pipeline.upload_jobs o WHERE o.job_id = '\(job)';
                UPDATE upload_pipeline.upload_jobs n SET document_id = o.document_id
                    FROM upload_pipeline.upload_jobs o
                    WHERE o.job_id = '\(job)' AND n.job_id = '\(newer)';
                """)
            _ = try await database.store.flush(database.claim([newer], .flush)[0])
            for table in ["document_chunks", "chunk_sketches"] {
                let found = try await database.texts(
                    "SELECT generation || ' ' || count(*) FROM upload_pipeline.\(table) "
                        + "GROUP BY generation")
                #expect(found == ["2 2500"])
            }
        }
    }

    @Test func `a heartbeat skips a locked row and still reports its claim as valid`()
        async throws
    {
        try await TestDatabase.lend { database in
            let jobs = try await database.seedJobs(2)
            let claims = try await database.claim(jobs).map(\.claim)
            let leases = "SELECT lease_until FROM upload_pipeline.upload_jobs ORDER BY job_id"
            let before = try await database.texts(leases)
            try await database.pool.transaction { connection in
                try await connection.executeScript(
                    """
                    SELECT FROM upload_pipeline.upload_jobs WHERE job_id = '\(claims[0].job)'
                    FOR UPDATE
                    """)
                let held = try await database.store.heartbeat(
                    claims.map { Heartbeat($0, hasProgressed: true) },
                    on: ClaimTerms(lease: .seconds(90), deadline: .seconds(900)))
                #expect(held == Set(claims))
                // A row that is being written is skipped.
                let expired = try await database.store.expireLeases(limit: 10, retry: RetryPolicy())
                #expect(expired == 0)
            }
            let after = try await database.texts(leases)
            #expect(zip(before, after).count { $0 != $1 } == 1)
        }
    }
}
