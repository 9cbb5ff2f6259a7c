import CataloguePostgres
import Domain
import FoundationEssentials
import Indexing
import JobStorePostgres
import Postgres
import Searching
import TestSupport
import Testing

/// A tenant's sketches and cells, on a real server.
@Suite(.timeLimit(.minutes(5))) struct CellTests {
    @Test func `the chunks of a growing tenant are stored in cells of near chunks`() async throws {
        try await TestDatabase.lend { database in
            let library = Library(database)
            try await library.add(count: 17_000)
            // Several at once, as with several flushers.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        while try await library.store.maintainIndex(of: library.tenant) {}
                    }
                }
                try await group.waitForAll()
            }
            while try await library.store.maintainIndex(of: library.tenant) {}
            try await library.expectSoundCells()
            #expect(try await library.count("cell = 0") < 1024)
            try await library.add(count: 3_000)
            while try await library.store.maintainIndex(of: library.tenant) {}
            try await library.expectSoundCells()
            #expect(try await library.count("cell = 0") < 1024)
            try await library.expectRecall(atLeast: 0.95)
        }
    }

    @Test func `equal chunks end in one cell without repeated divisions`()
        async throws
    {
        try await TestDatabase.lend { database in
            let library = Library(database)
            try await library.add(count: 17_000, alike: true)
            while try await library.store.maintainIndex(of: library.tenant) {}
            #expect(try await library.count("cell = 0") < 1024)
            #expect(try await library.count("cell <> 0") > 15_000)
            #expect(try await library.found(near: library.middles[0], limit: 10).count == 10)
        }
    }

    @Test func `a tenant with few chunks has no cells`() async throws {
        try await TestDatabase.lend { database in
            let library = Library(database)
            try await library.add(count: 500)
            #expect(try await !library.store.maintainIndex(of: library.tenant))
            #expect(try await library.count("cell = 0") == 500)
            try await library.expectRecall(atLeast: 0.999)
        }
    }

    @Test func `chunks without sketches are found and sketched`() async throws {
        try await TestDatabase.lend { database in
            let library = Library(database)
            try await library.add(count: 700)
            let sketches = "SELECT sketch FROM upload_pipeline.chunk_sketches ORDER BY chunk_ord"
            let before = try await database.texts(sketches)
            try await database.script("UPDATE upload_pipeline.chunk_sketches SET sketch = NULL")
            try await library.expectRecall(atLeast: 1)
            let keeper = IndexMaintainer(store: library.store, logger: TestBroker.silent)
            let keeping = Task { await keeper.run() }
            while try await library.count("sketch IS NULL") > 0 {
                try await Task.sleep(for: .milliseconds(20))
            }
            keeping.cancel()
            #expect(try await database.texts(sketches) == before)
        }
    }

    @Test func `the sketches of a deleted document are deleted`() async throws {
        try await TestDatabase.lend { database in
            let library = Library(database)
            try await library.add(count: 10)
            try await database.script("DELETE FROM upload_pipeline.documents")
            #expect(try await library.count("true") == 0)
        }
    }
}

/// Chunks of one tenant around a few dozen subjects, written as the flusher writes them.
private final class Library: Sendable {
    let database: TestDatabase
    let tenant = TenantID()
    let space = EmbeddingSpace(model: "test", version: "1", width: 384)
    let middles: [[Float]]

    var store: PostgresJobStore { database.store }

    init(_ database: TestDatabase) {
        self.database = database
        var dice = Dice(seed: 5)
        middles = (0..<60).map { _ in dice.direction(width: 384) }
    }

    func add(count: Int, alike: Bool = false) async throws {
        let document = DocumentID()
        try await database.script(
            """
            INSERT INTO upload_pipeline.documents
                (document_id, user_id, filename, mime, bytes_len, file_sha256, raw_path)
            VALUES ('\(document)', '\(tenant)', 'a.txt', 'text/plain', 3,
                encode(sha256('\(document)'::bytea), 'hex'), 'storage://raw/u/d.txt');
            INSERT INTO upload_pipeline.embedding_spaces (model, version) VALUES ('test', '1')
            ON CONFLICT DO NOTHING
            """)
        var dice = Dice(seed: UInt64(count))
        for start in stride(from: 0, to: count, by: 500) {
            let ords = Array(start..<min(start + 500, count)).map(Int32.init)
            let vectors = ords.map { ord -> [Float] in
                let middle = middles[alike ? 0 : dice.below(middles.count)]
                let vector = alike ? middle : dice.near(middle, spread: 0.8)
                return vector.storedUnitVector!
            }
            _ = try await database.pool.query(
                PostgresStatement(
                    """
                    WITH chunks AS (
                        INSERT INTO upload_pipeline.document_chunks (document_id, generation,
                            chunk_ord, chunk_id, user_id, chunker_name, chunker_version, text,
                            chunk_sha, tokens, utf8_start, utf8_end, headings, embed_model,
                            embed_version, embed_width, embedding)
                        SELECT $1, 1, ord, gen_random_uuid(), $2, 't', '1', 'text', '', 1, 0, 1,
                            '{}', 'test', '1', 384, embedding
                        FROM unnest($3::integer[], $4::public.vector[]) AS new (ord, embedding))
                    INSERT INTO upload_pipeline.chunk_sketches
                        (document_id, generation, chunk_ord, user_id, space_id, sketch)
                    SELECT $1, 1, ord, $2,
                        (SELECT space_id FROM upload_pipeline.embedding_spaces), sketch
                    FROM unnest($3::integer[], $5::bit(1024)[]) AS new (ord, sketch)
                    """, document.uuid, tenant.uuid, ords, PostgresVectorArray(vectors),
                    vectors.map { PostgresBits(Sketch(of: $0).words) }))
        }
    }

    func count(_ condition: String) async throws -> Int {
        let rows = try await database.pool.query(
            PostgresStatement(
                "SELECT count(*) FROM upload_pipeline.chunk_sketches WHERE \(condition)"))
        return try rows[0].decode(0)
    }

    func expectSoundCells(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let homeless = try await count(
            """
            cell <> 0 AND NOT EXISTS (SELECT FROM upload_pipeline.sketch_cells c
                WHERE (c.user_id, c.space_id, c.cell)
                    = (chunk_sketches.user_id, chunk_sketches.space_id, chunk_sketches.cell))
            """)
        #expect(homeless == 0, sourceLocation: sourceLocation)
        let wrong = try await database.texts(
            """
            SELECT c.cell FROM upload_pipeline.sketch_cells c
            LEFT JOIN upload_pipeline.chunk_sketches s USING (user_id, space_id, cell)
            GROUP BY c.user_id, c.space_id, c.cell
            HAVING count(s.cell) <> c.members OR c.members > 192
            """)
        #expect(wrong == [], sourceLocation: sourceLocation)
        let cells = try await database.texts("SELECT cell FROM upload_pipeline.sketch_cells")
        #expect(cells.count > 100, sourceLocation: sourceLocation)
    }

    func found(near vector: [Float], limit: Int) async throws -> [String] {
        let catalogue = PostgresCatalogue(
            pool: database.pool, lookups: database.pool, searches: database.pool)
        return try await catalogue.search(
            SearchQuery(
                vector: vector.storedUnitVector!, space: space, words: nil, limit: limit),
            of: tenant
        ).map(\.chunk)
    }

    /// Expects searches to find at least this share of the ten nearest chunks.
    func expectRecall(
        atLeast least: Double, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        var dice = Dice(seed: 77)
        var hits = 0
        for _ in 0..<20 {
            let question = dice.near(middles[dice.below(middles.count)], spread: 0.8)
            let nearest = try await database.pool.query(
                PostgresStatement(
                    """
                    SELECT chunk_id::text FROM upload_pipeline.document_chunks
                    ORDER BY embedding <=> $1::vector, document_id, chunk_ord LIMIT 10
                    """, PostgresVector(question.storedUnitVector!)))
            let exact = try Set(nearest.map { try $0.decode(0, as: String.self) })
            hits += exact.intersection(try await found(near: question, limit: 10)).count
        }
        #expect(Double(hits) / 200 >= least, sourceLocation: sourceLocation)
    }
}
