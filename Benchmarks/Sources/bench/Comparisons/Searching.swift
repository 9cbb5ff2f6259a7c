import Foundation

/// Recall and latency of a side's searches.
struct Finding {
    /// The share of the ten nearest passages by exact comparison that is found.
    var recall: Double
    /// Latencies of single questions over one connection with text parameters, sorted.
    var milliseconds: [Double]
}

/// Vectors in a pgvector index. Most are indexed in bulk. Then 1,024 are inserted in batches of 64,
/// and only these insertions are timed.
///
/// Vectors are 1,536 wide, as in `document_chunks`: 384 numbers of the model, and zeros.
struct IndexedVectors: Side {
    let name: String
    let passages: Passages
    let index: String
    let settings: String
    /// `$1` is the question's vector.
    let query: String

    private static let inserted = 1024
    private static let set = 64
    private static let untimedSets = 8

    static func sides(_ passages: Passages) -> [IndexedVectors] {
        let nearest = "SELECT id FROM indexed ORDER BY embedding <=> $1::vector LIMIT 10"
        let half = "(embedding::halfvec(1536))"
        let bits = "(binary_quantize(embedding)::bit(1536))"
        return [
            IndexedVectors(
                name: "HNSW, ef 60", passages: passages,
                index: "hnsw (embedding vector_cosine_ops)",
                settings: "SET hnsw.ef_search = 60", query: nearest),
            IndexedVectors(
                name: "HNSW on halfvec, ef 60", passages: passages,
                index: "hnsw (\(half) halfvec_cosine_ops)", settings: "SET hnsw.ef_search = 60",
                query: "SELECT id FROM indexed ORDER BY \(half) <=> $1::halfvec(1536) LIMIT 10"),
            IndexedVectors(
                name: "HNSW on bits, best 200 ranked", passages: passages,
                index: "hnsw (\(bits) bit_hamming_ops)", settings: "SET hnsw.ef_search = 200",
                query: """
                    SELECT id FROM (
                        SELECT id, embedding FROM indexed
                        ORDER BY \(bits) <~> binary_quantize($1::vector(1536)) LIMIT 200) AS near
                    ORDER BY embedding <=> $1::vector LIMIT 10
                    """),
            IndexedVectors(
                name: "IVFFlat, 60 probes", passages: passages,
                index: "ivfflat (embedding vector_cosine_ops) WITH (lists = \(lists(passages)))",
                settings: "SET ivfflat.probes = 60", query: nearest),
            IndexedVectors(
                name: "no index, all compared", passages: passages, index: "", settings: "",
                query: nearest),
        ]
    }

    /// With this many lists and 60 probes, recall is about that of the other indexes.
    private static func lists(_ passages: Passages) -> Int {
        Int(Double(passages.count).squareRoot())
    }

    func run(_ site: Site) throws -> Sample {
        let (database, session) = (passages.database, passages.database.session)
        defer { _ = try? session.run("DEALLOCATE ALL; DROP TABLE indexed; RESET ALL") }
        try session.run(
            """
            SET search_path = public; SET maintenance_work_mem = '512MB'; \(settings);
            CREATE TABLE indexed (id int PRIMARY KEY, embedding vector(1536))
                WITH (toast_tuple_target = 8160);
            INSERT INTO indexed SELECT id, embedding FROM passages
                WHERE id <= \(passages.count - Self.inserted - Self.untimedSets * Self.set)
            """)
        if !index.isEmpty {
            try session.run("CREATE INDEX ON indexed USING \(index)")
            try session.run("SET enable_seqscan = off")
        }
        try session.run("VACUUM ANALYZE indexed")
        try session.run("CHECKPOINT")
        try session.prepare(
            "insert",
            "INSERT INTO indexed SELECT id, embedding FROM passages WHERE id BETWEEN $1 AND $2")
        let sets = stride(from: passages.count, to: 0, by: -Self.set).prefix(
            Self.untimedSets + Self.inserted / Self.set)
        func insert(_ sets: some Sequence<Int>) throws {
            for last in sets {
                try session.run(prepared: "insert", ["\(last - Self.set + 1)", "\(last)"])
            }
        }
        // Not timed: the first change of a page after a checkpoint logs the whole page.
        try insert(sets.prefix(Self.untimedSets))
        let (wal, cpu, start) = (try database.wal(), Processors.busySeconds(), Date())
        try insert(sets.dropFirst(Self.untimedSets))
        let (seconds, busy) = (-start.timeIntervalSinceNow, Processors.busySeconds() - cpu)
        let written = try database.wal() - wal
        try session.prepare("search", query)
        let finding = try passages.ask { question in
            try session.run(prepared: "search", [question.vector]).compactMap { Int($0[0]) }
        }
        return Sample(
            units: Self.inserted, seconds: seconds, cpuSeconds: busy, walBytes: written, peakMB: 0,
            finding: finding)
    }
}

/// The same vectors through the shipped flusher, with the word index: from the buffers until all
/// can be searched and nearly all are assigned to cells. Then searches by the API's own statement.
struct SketchedVectors: Side {
    let name = "Millrace, sketches and cells"
    let passages: Passages

    private static let perDocument = 100
    /// The flusher assigns a tenant's chunks to cells once this many are unassigned.
    private static let growth = 1024
    private static let tenant = "00000000-0000-4000-8000-000000000001"

    func run(_ site: Site) throws -> Sample {
        let (database, session) = (passages.database, passages.database.session)
        try stage()
        defer { _ = try? Passages.empty(session) }
        let processes = Processes(site, Processes.environment(site, database, try site.folder()))
        defer { processes.end() }
        try processes.start("embedded-broker")
        Thread.sleep(forTimeInterval: 1)
        try processes.start("flusher")
        // Until the flusher has joined its group, so that startup is not measured.
        Thread.sleep(forTimeInterval: 6)
        let (wal, cpu, start) = (try database.wal(), Processors.busySeconds(), Date())
        try database.releaseJobs()
        try processes.work(
            until: passages.count, database,
            """
            SELECT least((SELECT count(*) FROM upload_pipeline.document_chunks), \(Self.growth)
                + (SELECT count(*) FROM upload_pipeline.chunk_sketches WHERE cell <> 0))
            """)
        let (seconds, busy) = (-start.timeIntervalSinceNow, Processors.busySeconds() - cpu)
        let written = try database.wal() - wal
        processes.end()
        try session.run("VACUUM ANALYZE")
        return Sample(
            units: passages.count, seconds: seconds, cpuSeconds: busy, walBytes: written,
            peakMB: processes.peakMB, finding: try ask(site, session))
    }

    /// Stages documents of a hundred passages each, with vectors. Their jobs are not yet due.
    private func stage() throws {
        try passages.database.session.run(
            """
            INSERT INTO upload_pipeline.embedding_spaces (model, version)
                VALUES ('\(Passages.space.model)', '\(Passages.space.version)');
            INSERT INTO upload_pipeline.documents (document_id, user_id, filename, mime, bytes_len,
                file_sha256, raw_path)
            SELECT uuidv7(), '\(Self.tenant)', n, 'text/markdown', 1,
                encode(sha256(n::text::bytea), 'hex'), 'storage://' || n
            FROM generate_series(0, \(passages.count / Self.perDocument)) n;
            CREATE TEMP TABLE placed AS
                SELECT document_id, p.* FROM passages p JOIN upload_pipeline.documents
                    ON filename = (id / \(Self.perDocument))::text
                WHERE id <= \(passages.count);
            INSERT INTO upload_pipeline.document_chunk_buffer (document_id, generation, chunk_ord,
                chunk_id, chunker_name, chunker_version, text, chunk_sha, tokens, utf8_start,
                utf8_end)
            SELECT document_id, 1, id % \(Self.perDocument), gen_random_uuid(), 'c', '1', text,
                'sha', 20, 0, 1
            FROM placed;
            INSERT INTO upload_pipeline.document_vector_buffer
                (document_id, generation, chunk_ord, embedding, sketch)
            SELECT document_id, 1, id % \(Self.perDocument), embedding, sketch FROM placed;
            INSERT INTO upload_pipeline.upload_jobs (job_id, document_id, stage, state,
                expected_chunks, embed_model, embed_version, embed_width, run_at, hint_at)
            SELECT uuidv7(), document_id, 'embedding', 'done', count(*), '\(Passages.space.model)',
                '\(Passages.space.version)', 1536, now() + interval '1 h', now() + interval '1 h'
            FROM placed GROUP BY document_id;
            DROP TABLE placed
            """)
        try passages.database.session.run("VACUUM ANALYZE")
        try passages.database.session.run("CHECKPOINT")
    }

    private func ask(_ site: Site, _ session: Session) throws -> Finding {
        try session.prepare(
            "plan_search", try site.statement("searching/plan_search", of: .catalogue))
        try session.prepare("search", try site.statement("searching/search", of: .catalogue))
        defer { _ = try? session.run("DEALLOCATE ALL") }
        return try passages.ask { question in
            try session.run("BEGIN")
            try session.run(prepared: "plan_search", [])
            let rows = try session.run(
                prepared: "search",
                [
                    Self.tenant, question.vector, Passages.space.model, Passages.space.version, nil,
                    "\(Passages.found)", nil, nil, question.sketch,
                ])
            try session.run("COMMIT")
            return rows.compactMap { row in
                Int(row[1]).flatMap { document in
                    Int(row[4]).map { document * Self.perDocument + $0 }
                }
            }
        }
    }
}

extension Passages {
    /// Runs every question twice and times the second run.
    fileprivate func ask(_ search: (Question) throws -> [Int]) throws -> Finding {
        for question in questions { _ = try search(question) }
        var (hits, milliseconds) = (0, [Double]())
        for question in questions {
            let start = Date()
            let ids = try search(question)
            milliseconds.append(-start.timeIntervalSinceNow * 1000)
            hits += question.nearest.intersection(ids).count
        }
        return Finding(
            recall: Double(hits) / Double(questions.count * Self.found),
            milliseconds: milliseconds.sorted())
    }
}
