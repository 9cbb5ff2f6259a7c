import Foundation

/// Real sentences with their vectors, in a database. They come from the documentation of Millrace's
/// dependencies, and Millrace's programs embed them with the local model.
///
/// The table `passages` has `id` from 1 without gaps, `text`, `embedding` and `sketch`. The rows
/// after the first `count` are questions and are not indexed.
struct Passages {
    struct Question {
        /// In PostgreSQL's text format.
        var vector, sketch: String
        /// The ten nearest passages by exact comparison.
        var nearest: Set<Int>
    }

    static let space = (model: "passages", version: "1")
    static let found = 10
    private static let questionsCount = 200

    let database: Database
    let count: Int
    let questions: [Question]

    static func withTemporary<R>(
        _ site: Site, of sentences: [String], _ body: (Passages) throws -> R
    ) throws -> R {
        try Database.withTemporary(site) { database in
            try embed(sentences, site, database)
            return try body(try Passages(database, of: sentences.count))
        }
    }

    private init(_ database: Database, of sentences: Int) throws {
        let session = database.session
        try session.run(
            """
            CREATE TABLE passages AS
                SELECT row_number() OVER (ORDER BY chunk_sha)::int AS id, text, embedding, sketch
                FROM upload_pipeline.document_chunks
                JOIN upload_pipeline.chunk_sketches USING (document_id, generation, chunk_ord);
            ALTER TABLE passages ADD PRIMARY KEY (id)
            """)
        try Self.empty(session)
        try session.run("VACUUM ANALYZE")
        let passages = Int(try session.run("SELECT count(*) FROM passages")[0][0]) ?? 0
        // A sentence that is only markup has no text and is not embedded.
        guard passages * 100 >= sentences * 98 else {
            throw BenchFailure("\(passages) of \(sentences) sentences were embedded")
        }
        self.database = database
        count = passages - Self.questionsCount
        questions = try session.run(
            "SELECT embedding::text, sketch::text FROM passages WHERE id > \(count)"
        ).map { [count] row in
            let nearest = try session.run(
                """
                SELECT id FROM passages WHERE id <= \(count)
                ORDER BY embedding OPERATOR(public.<=>) $1::public.vector LIMIT \(Self.found)
                """, [row[0]])
            return Question(
                vector: row[0], sketch: row[1], nearest: Set(nearest.compactMap { Int($0[0]) }))
        }
    }

    /// Deletes all documents and their data.
    static func empty(_ session: Session) throws {
        try session.run(
            """
            TRUNCATE upload_pipeline.documents, upload_pipeline.embedding_spaces,
                upload_pipeline.document_chunk_buffer, upload_pipeline.document_vector_buffer,
                upload_pipeline.chunk_sketches, upload_pipeline.sketch_cells,
                upload_pipeline.chunk_words, upload_pipeline.word_changes,
                upload_pipeline.word_counts, upload_pipeline.word_totals CASCADE
            """)
    }

    /// Runs each sentence as a document through the shipped programs.
    private static func embed(
        _ sentences: [String], _ site: Site, _ database: Database
    ) throws {
        let folder = try site.folder()
        try database.storeDocuments(sentences.map(Document.init(markdown:)), in: folder)
        try database.prepareJobs()
        let processes = Processes(
            site,
            Processes.environment(
                site, database, folder,
                ["MILLRACE_SLOTS": "64", "MILLRACE_MINILM_PATH": site.runtime + "/minilm"]))
        defer { processes.end() }
        try processes.start("embedded-broker")
        Thread.sleep(forTimeInterval: 1)
        for program in ["parse-worker", "chunk-worker", "embed-worker", "flusher", "reconciler"] {
            try processes.start(program)
        }
        try database.releaseJobs()
        try processes.work(
            until: sentences.count, database,
            "SELECT count(*) FROM upload_pipeline.upload_jobs WHERE finished_at IS NOT NULL")
    }
}
