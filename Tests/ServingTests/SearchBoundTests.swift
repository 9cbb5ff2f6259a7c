import Domain
import Hashing
import Pipeline
import TestSupport
import Testing

/// The limits on the cost of one search.
@Suite(.timeLimit(.minutes(5))) struct SearchBoundTests {
    @Test(arguments: [
        String(repeating: "-", count: 8000), String(repeating: "!@#$%^&*()", count: 800),
        String(repeating: "word ", count: 1638), String(repeating: "a-b", count: 2700),
    ])
    func `a long query without meaning is answered`(query: String) async throws {
        try await TestAPI.lend { api in
            _ = try await api.seed(["a word about the sea"])
            for mode in ["hybrid", "text"] {
                let answer = try await api.search(
                    "{\"query\": \"\(query)\", \"mode\": \"\(mode)\"}")
                #expect(answer.status == 200)
            }
        }
    }

    @Test func `words of more than 64 characters are not indexed`()
        async throws
    {
        try await TestAPI.lend { api in
            let long = String(repeating: "x", count: 65)
            _ = try await api.seed(["\(long) lighthouse \(long.dropLast())"])
            let lexemes = try await api.database.texts(
                """
                SELECT lexeme FROM upload_pipeline.chunk_words,
                    unnest(tsvector_to_array(words)) AS lexeme
                WHERE lexeme ~ '^[xl]' ORDER BY lexeme
                """)
            #expect(lexemes == ["lighthous", String(long.dropLast())])
            let index = try await api.database.texts(
                """
                SELECT array_to_string(reloptions, ' ') FROM pg_class
                WHERE oid = 'upload_pipeline.chunk_words_words'::regclass
                """)
            #expect(index == ["gin_pending_list_limit=256"])
        }
    }

    /// Never answers; reports when it is called and when the calling task is cancelled.
    private struct HangingEmbedder: Embedder {
        let space = EmbeddingSpace(model: "hanging", version: "1", width: 8)
        let batchMax = 1
        let asked = AsyncStream.makeStream(of: Void.self)
        let cancelled = AsyncStream.makeStream(of: Void.self)

        func embed(
            _ texts: [String], for subject: CallSubject
        ) async throws(JobFailure) -> [[Float]] {
            asked.continuation.yield()
            do {
                try await Task.sleep(for: .seconds(3600))
            } catch {
                cancelled.continuation.yield()
            }
            throw .transient(.worker(.cancelled), "the search was cancelled")
        }
    }

    private static func request(_ query: String) -> String {
        let body = "{\"query\": \"\(query)\"}"
        return """
            POST /v1/search HTTP/1.1\r
            Host: x\r
            Authorization: Bearer alice\r
            Content-Length: \(body.utf8.count)\r\n\r\n\(body)
            """
    }

    @Test func `a search is cancelled when its client disconnects`() async throws {
        let embedder = HangingEmbedder()
        try await TestAPI.lend(embedder: embedder) { api in
            var connection: RawConnection? = try api.connect()
            try connection?.send(Self.request("fog"))
            for await _ in embedder.asked.stream { break }
            connection = nil
            for await _ in embedder.cancelled.stream { break }
        }
    }

    @Test func `one connection serves several searches`() async throws {
        try await TestAPI.lend { api in
            _ = try await api.seed(["fog over the harbour"])
            let connection = try api.connect()
            for _ in 0..<3 {
                #expect(try await connection.talk(Self.request("fog")).hasPrefix("HTTP/1.1 200 "))
            }
        }
    }

    @Test func `the searches of one tenant leave capacity for another`() async throws {
        let embedder = HangingEmbedder()
        try await TestAPI.lend(searchesMax: 4, embedder: embedder) { api in
            var connections: [RawConnection] = []
            for _ in 0..<2 {
                let connection = try api.connect()
                try connection.send(Self.request("fog"))
                connections.append(connection)
            }
            var asked = embedder.asked.stream.makeAsyncIterator()
            for _ in 0..<2 { _ = await asked.next() }
            let refused = try await api.search(#"{"query": "fog"}"#)
            #expect((refused.status, refused.code) == (429, "tenant_busy"))
            let his = try await api.search(#"{"query": "fog", "mode": "text"}"#, as: "bob")
            #expect(his.status == 200)
            withExtendedLifetime(connections) {}
        }
    }
}
