import Domain
import FoundationEssentials
import JobStorePostgres
import Postgres
import TestSupport
import Testing

/// The words of texts, as the database makes and counts them.
@Suite(.timeLimit(.minutes(5))) struct WordsTests {
    @Test(arguments: [
        ("english", "When the harbours close?", "close harbour"),
        ("english", "AB-1234/7", "1234 7 ab ab12347"),
        ("english", "max.muster@firma.de", "de firma max maxmusterfirmad muster"),
        ("english", "/usr/local/libFoo2.so", "2 foo lib libfoo2 local usr usrlocallibfoo2so"),
        ("english", "v1.23.4 and 3.5e10", "1 10 23 3 35e10 4 5 5e10 e v v1 v1234"),
        ("english", "ERR_DISK_4711", "4711 disk err errdisk4711"),
        ("english", "parseWorker", "pars parsework worker"),
        ("english", "C++, C# or C", "c cplusplus csharp"),
        (
            "english", "<b>well-known</b> \u{201C}quotes\u{201D} \u{2014} dash\u{2014}ed",
            "b dash ed known quot well wellknown"
        ),
        ("simple", "Café CAFE\u{301} Ｆｕｌｌ", "cafe full"),
        ("german", "die Übungen der Straße", "strass ubung"),
        ("russian", "Книги на столах", "книг стол"),
        ("simple", "東京都に行く", "に行 京都 東京 行く 都に"),
        ("simple", "東 2026年", "2026 年 東"),
        ("simple", "한국어 문서", "국어 문서 한국"),
        ("simple", "ภาษาไทย", "ภา าษ ษา าไ ไท ทย"),
        ("english", "the of and", ""), ("english", "\u{1F30A} ½ --- ''", ""),
    ])
    func `text is taken apart into words`(
        language: String, text: String, words: String
    ) async throws {
        try await TestDatabase.lend { database in
            let made = try await database.lexemes(of: text, in: language)
            #expect(Set(made) == Set(words.split(separator: " ").map(String.init)))
        }
    }

    @Test func `words of more than 64 characters are left out`() async throws {
        try await TestDatabase.lend { database in
            let long = String(repeating: "x", count: 65)
            for text in ["\(long) lamp", "\(long) läuft lamp"] {
                let words = try await database.lexemes(of: text, in: "simple")
                #expect(words.contains("lamp") && !words.contains(long))
            }
        }
    }

    @Test(arguments: [
        ("The dead heat of it", "\"dead heat\"", true), ("dead in heat", "dead heat", false),
        ("order AB-1234/7 now", "ab 1234 7", true), ("order AB-7/1234", "AB-1234/7", false),
        ("住在東京都の人", "東京都", true), ("京都と東京", "東京都", false),
        ("café au lait", "CAFE au", true),
    ])
    func `a phrase is found by its words in order`(
        text: String, phrase: String, isFound: Bool
    ) async throws {
        try await TestDatabase.lend { database in
            let rows = try await database.pool.query(
                PostgresStatement(
                    """
                    SELECT upload_pipeline.words('english', $1)
                        @@ upload_pipeline.phrase('english', $2)
                    """, text, phrase))
            #expect(try rows[0].decode(0, as: Bool.self) == isFound)
        }
    }

    @Test(arguments: [
        ("lamp", ["lam", "lmap", "lams", "lamps", "xlamp", "amp"]), ("книга", ["кнга", "книги"]),
        ("ab12", []),
    ])
    func `spellings differ by one letter`(word: String, some: [String]) async throws {
        try await TestDatabase.lend { database in
            let rows = try await database.pool.query(
                PostgresStatement("SELECT upload_pipeline.spellings($1)", word))
            let spellings = try rows.map { try $0.decode(0, as: String.self) }
            if some.isEmpty { #expect(Set(spellings).count < 20) }
            #expect(Set(some).isSubset(of: spellings))
        }
    }

    @Test func `words are counted exactly, also after deletions`() async throws {
        try await TestDatabase.lend { database in
            let tenant = TenantID()
            for number in 0..<6 {
                let document = try await database.indexed(
                    ["lamp \(number) oil", "lamp and fog"], for: tenant)
                if number % 2 == 0 { try await database.delete(document) }
            }
            while try await database.store.maintainIndex(of: tenant) {}
            try await database.expectExactCounts()
            #expect(
                try await database.texts(
                    "SELECT chunks FROM upload_pipeline.word_counts WHERE lexeme = 'lamp'")
                    == ["6"])
            #expect(
                try await database.texts(
                    "SELECT chunks FROM upload_pipeline.word_counts WHERE lexeme = '2'") == [])
            try await database.script("DELETE FROM upload_pipeline.documents")
            #expect(try await database.store.countedTenant(after: nil) == tenant)
            #expect(try await database.store.tenant(after: nil) == nil)
            while try await database.store.maintainIndex(of: tenant) {}
            #expect(try await database.store.countedTenant(after: nil) == nil)
            #expect(
                try await database.texts("SELECT lexeme FROM upload_pipeline.word_counts") == [])
            #expect(
                try await database.texts(
                    "SELECT chunks || ' ' || words FROM upload_pipeline.word_totals") == ["0 0"])
        }
    }
}

extension TestDatabase {
    fileprivate func lexemes(of text: String, in language: String) async throws -> [String] {
        let rows = try await pool.query(
            PostgresStatement(
                "SELECT tsvector_to_array(upload_pipeline.words($1::text::regconfig, $2))",
                language, text))
        return try rows[0].decode(0)
    }

    /// Adds a document and the words of its chunks.
    fileprivate func indexed(_ texts: [String], for tenant: TenantID) async throws -> DocumentID {
        let document = DocumentID()
        try await script(
            """
            INSERT INTO upload_pipeline.documents
                (document_id, user_id, filename, mime, bytes_len, file_sha256, raw_path)
            VALUES ('\(document)', '\(tenant)', 'a.txt', 'text/plain', 3,
                encode(sha256('\(document)'::bytea), 'hex'), 'storage://raw/u/d.txt')
            """)
        _ = try await pool.query(
            PostgresStatement(
                """
                INSERT INTO upload_pipeline.chunk_words
                    (document_id, generation, chunk_ord, user_id, space_id, language, words)
                SELECT $1, 1, ord, $2, 7, 'english',
                    upload_pipeline.words_of_chunk($2, 7, 'english', 'a.txt', '{}', text)
                FROM unnest($3::text[]) WITH ORDINALITY AS new (text, ord)
                """, document.uuid, tenant.uuid, texts))
        return document
    }

    fileprivate func delete(_ document: DocumentID) async throws {
        try await script(
            "DELETE FROM upload_pipeline.documents WHERE document_id = '\(document)'")
    }

    /// Expects the counts to be those of all stored words.
    fileprivate func expectExactCounts(
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let differences = try await texts(
            """
            SELECT lexeme || ': ' || coalesce(counted.chunks::text, 'none') || ' counted'
            FROM upload_pipeline.word_counts counted FULL JOIN (
                SELECT user_id, space_id, lexeme, count(*) AS chunks
                FROM upload_pipeline.chunk_words, unnest(tsvector_to_array(words)) AS lexeme
                WHERE lexeme NOT LIKE '@%' GROUP BY 1, 2, 3) AS stored
                USING (user_id, space_id, lexeme)
            WHERE counted.chunks IS DISTINCT FROM stored.chunks
            """)
        #expect(differences == [], sourceLocation: sourceLocation)
        let totals = try await texts(
            """
            SELECT user_id FROM upload_pipeline.word_totals t
            WHERE (chunks, words) <> (
                SELECT count(*), sum(length(c.words)) FROM upload_pipeline.chunk_words c
                WHERE (c.user_id, c.space_id, c.language) = (t.user_id, t.space_id, t.language))
            """)
        #expect(totals == [], sourceLocation: sourceLocation)
    }
}
