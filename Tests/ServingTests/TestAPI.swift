import AsyncHTTPClient
import BlobStores
import CataloguePostgres
import Domain
import FoundationEssentials
import HTTPTypes
import Hashing
import Hummingbird
import HummingbirdTesting
import Indexing
import LlamaParse
import Logging
import Migrations
import NIOCore
import NIOHTTP1
import OperationsPostgres
import Parsers
import Pipeline
import Postgres
import Querying
import Serving
import Synchronization
import TestSupport
import Testing
import Uploading

/// The API on a socket, with a database and a blob store of its own.
struct TestAPI: Sendable {
    static let alice = TenantID(UUID(uuidString: "00000000-0000-4000-8000-00000000000A")!)
    static let bob = TenantID(UUID(uuidString: "00000000-0000-4000-8000-00000000000B")!)
    /// Digests of the tokens "alice", "bob" and, for an operator, "olga".
    static let tokens = """
        # tenant                             sha256 of the token
        \(alice) 2bd806c97f0e00af1a1fc3328fa763a9269723c8db8fac4f93af71db186d6e90
        \(bob) 81b637d8fcd2c6da6359e6963113a1170de795e4b725b84d1e0b4cfd9ec58ce9
        operator/olga 3fa987493ca3ccfcb95243b881a02b7d2e660bd58f5763086ab1d731e473421b
        """

    let client: any TestClientProtocol
    let database: TestDatabase
    let blobs: String
    let hints: HintRecorder
    let operations: [String]
    let embedder = HashingEmbedder()

    /// - Parameters:
    ///   - anonymous: the tenant of requests without a token.
    ///   - pool: makes the catalogue's pool from the URL of the test's database.
    ///   - store: replaces the default blob store, a folder.
    ///   - makeOperations: replaces the default setup of operations; it may return `nil`. Its
    ///     pool has only the privileges of operators, as in production.
    static func lend(
        anonymous: TenantID? = nil, bytesMax: Int = 1 << 20,
        pool makePool: (@Sendable (String) -> PostgresPool)? = nil,
        arrival: ArrivalLimits = ArrivalLimits(), storageReserve: Int = 0, uploadsMax: Int = 64,
        searchesMax: Int = 64,
        embedder: any Embedder = HashingEmbedder(), store: (any BlobStore)? = nil,
        webhooks: [any ProviderWebhook] = [LlamaParseWebhook(secret: nil)],
        operations makeOperations: @Sendable (PostgresPool) -> OperationsSetup? = { pool in
            OperationsSetup(store: PostgresOperations(pool: pool), auditLimit: .seconds(60))
        },
        _ body: @Sendable (TestAPI) async throws -> Void
    ) async throws {
        let blobs = "/tmp/millrace-serving-\(UUID().uuidString.lowercased())"
        defer { try? FileManager.default.removeItem(atPath: blobs) }
        try await TestDatabase.lend { database in
            let pool = makePool?(database.url)
            let operators = PostgresPool(
                PostgresConfiguration(conninfo: database.url(as: .operator)))
            let hints = HintRecorder()
            let outbox = HintOutbox(hints, logger: TestBroker.silent)
            let api = ServingAPI(
                tenants: try Tenants(tokens: tokens, anonymous: anonymous),
                stores: .init(
                    PostgresCatalogue(
                        pool: pool ?? database.pool, lookups: pool ?? database.pool,
                        searches: pool ?? database.pool)),
                blobs: store ?? LocalBlobStore(root: blobs), inspector: FileInspector(),
                hints: outbox, embedder: embedder, webhooks: webhooks,
                operations: makeOperations(operators),
                uploadLimits: UploadLimits(
                    documentBytesMax: bytesMax, concurrentMax: uploadsMax, arrival: arrival,
                    storageReserveBytes: storageReserve), searchesMax: searchesMax)
            let application = Application(
                router: api.router, server: ServingAPI.server(), logger: TestBroker.silent)
            async let delivery: Void = outbox.run()
            try await application.test(.live) { client in
                try await body(
                    TestAPI(
                        client: client, database: database, blobs: blobs, hints: hints,
                        operations: api.operations))
            }
            outbox.finish()
            await delivery
            await pool?.close()
            await operators.close()
        }
    }

    /// Uploads a body over another connection, since requests on one wait for each other.
    ///
    /// At most eight run at a time.
    func uploadAside(_ text: String, key: String?) async throws -> Answer {
        var request = HTTPClientRequest(
            url: "http://localhost:\(client.port ?? 0)/v1/documents?filename=a.txt")
        request.method = .POST
        request.headers.add(name: "Authorization", value: "Bearer alice")
        if let key { request.headers.add(name: "Idempotency-Key", value: key) }
        request.body = .bytes(ByteBuffer(string: text))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let body = try await response.body.collect(upTo: 1 << 20)
        var headers: HTTPFields = [:]
        headers[.contentType] = response.headers.first(name: "Content-Type")
        return Answer(
            status: Int(response.status.code), headers: headers,
            body: [UInt8](body.readableBytesView))
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, as token: String? = "alice",
        headers: HTTPFields = [:], body: [UInt8] = []
    ) async throws -> Answer {
        var headers = headers
        if let token { headers[.authorization] = "Bearer \(token)" }
        let response = try await client.execute(
            uri: path, method: method, headers: headers, body: ByteBuffer(bytes: body))
        return Answer(
            status: response.status.code, headers: response.headers,
            body: [UInt8](response.body.readableBytesView))
    }

    func connect() throws -> RawConnection {
        try RawConnection(port: try #require(client.port))
    }

    /// Uploads a body under a file name.
    func upload(
        _ text: String, as name: String = "a.txt", by token: String = "alice",
        headers: HTTPFields = [:]
    ) async throws -> Answer {
        try await send(
            .post, "/v1/documents?filename=\(name)", as: token, headers: headers,
            body: Array(text.utf8))
    }

    func search(_ json: String, as token: String = "alice") async throws -> Answer {
        try await send(.post, "/v1/search", as: token, body: Array(json.utf8))
    }

    /// Files of the blob store, including unfinished ones.
    func files() throws -> [String] {
        guard FileManager.default.fileExists(atPath: blobs) else { return [] }
        return try FileManager.default.subpathsOfDirectory(atPath: blobs).filter { path in
            var isFolder = false
            return FileManager.default.fileExists(
                atPath: "\(blobs)/\(path)", isDirectory: &isFolder)
                && !isFolder
        }
    }

    /// A finished document whose chunks are these texts.
    func seed(
        _ texts: [String], for tenant: TenantID = alice, name: String = "seed.md",
        space: EmbeddingSpace? = nil
    ) async throws -> DocumentID {
        let document = DocumentID()
        let space = space ?? embedder.space
        let vectors = try await embedder.embed(texts)
        try await database.script(
            """
            INSERT INTO upload_pipeline.documents
                (document_id, user_id, filename, mime, bytes_len, file_sha256, raw_path)
            VALUES ('\(document)', '\(tenant)', '\(name)', 'text/markdown', 1,
                encode(sha256('\(document)'), 'hex'), 'storage://raw/\(tenant)/\(document).md');
            INSERT INTO upload_pipeline.upload_jobs
                (document_id, stage, state, expected_chunks, finished_at)
            VALUES ('\(document)', 'embedded', 'done', \(texts.count), now());
            """)
        for (ord, text) in texts.enumerated() {
            _ = try await database.pool.query(
                PostgresStatement(
                    """
                    WITH space AS (
                        INSERT INTO upload_pipeline.embedding_spaces (model, version)
                        VALUES ($5, $6) ON CONFLICT (model, version) DO UPDATE SET model = $5
                        RETURNING space_id
                    ), sketched AS (
                        INSERT INTO upload_pipeline.chunk_sketches
                            (document_id, generation, chunk_ord, user_id, space_id, sketch)
                        SELECT $1::uuid, 1, $2::integer, $3::uuid, space_id, $8 FROM space
                    ), indexed AS (
                        INSERT INTO upload_pipeline.chunk_words
                            (document_id, generation, chunk_ord, user_id, space_id, language, words)
                        SELECT $1::uuid, 1, $2::integer, $3::uuid, space_id, 'english',
                            upload_pipeline.words_of_chunk(
                                $3::uuid, space_id, 'english', $9, '{Title}', $4)
                        FROM space)
                    INSERT INTO upload_pipeline.document_chunks
                        (document_id, generation, chunk_ord, chunk_id, user_id, chunker_name,
                         chunker_version, text, chunk_sha, tokens, utf8_start, utf8_end, headings,
                         page_first, page_last, embed_model, embed_version, embed_width, embedding)
                    VALUES ($1::uuid, 1, $2::integer, gen_random_uuid(), $3::uuid, 'c', '1', $4,
                        '', 1, 0, 1, '{Title}', 3, 4, $5, $6, 1536, $7::public.vector)
                    """, document.uuid, Int32(ord), tenant.uuid, text, space.model, space.version,
                    PostgresVector(vectors[ord]),
                    PostgresBits(Sketch(of: vectors[ord]).words), name))
        }
        return document
    }
}

/// A response from the API.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let body: [UInt8]

    var json: [String: JSONValue] {
        get throws {
            let value = try JSONDecoder().decode(JSONValue.self, from: Data(body))
            guard case .object(let object) = value else { return [:] }
            return object
        }
    }

    func text(_ key: String) throws -> String {
        guard case .string(let text)? = try json[key] else { return "" }
        return text
    }

    /// The code of a problem document; `nil` for any other response.
    var code: String? {
        guard headers[.contentType] == "application/problem+json" else { return nil }
        return try? text("code")
    }

    /// One field of each object in a list.
    func texts(_ list: String, _ key: String) throws -> [String] {
        guard case .array(let items)? = try json[list] else { return [] }
        return items.map { item in
            guard case .object(let object) = item, case .string(let text)? = object[key] else {
                return ""
            }
            return text
        }
    }
}

/// Records the hints that were sent.
final class HintRecorder: HintSender {
    private let sent = Mutex<[JobID]>([])
    private let arrivals: AsyncStream<Void>
    private let inlet: AsyncStream<Void>.Continuation

    init() { (arrivals, inlet) = AsyncStream.makeStream() }

    var jobs: [JobID] { sent.withLock { $0 } }

    /// The hints once there are `count`; the test's time limit bounds the wait. One caller at a
    /// time.
    func jobs(atLeast count: Int) async -> [JobID] {
        var arrivals = arrivals.makeAsyncIterator()
        while jobs.count < count { await arrivals.next() }
        return jobs
    }

    func send(_ jobs: [JobID], to queue: WorkQueue) async throws(JobFailure) {
        #expect(queue == .parse)
        sent.withLock { $0 += jobs }
        inlet.yield()
    }
}
