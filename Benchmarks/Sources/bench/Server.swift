import CLibPQ
import Foundation

/// A PostgreSQL session over bare libpq, one statement at a time.
final class Session {
    private let connection: OpaquePointer

    init(_ url: String) throws {
        connection = PQconnectdb(url)
        guard PQstatus(connection) == CONNECTION_OK else { throw failure("connect") }
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
    }

    deinit { PQfinish(connection) }

    private func failure(_ what: String) -> BenchFailure {
        BenchFailure("\(what): \(String(cString: PQerrorMessage(connection)))")
    }

    /// Runs a statement and returns its rows as text.
    @discardableResult
    func run(_ sql: String, _ parameters: [String] = []) throws -> [[String]] {
        let result = withPointers(to: parameters) { values in
            parameters.isEmpty
                ? PQexec(connection, sql)
                : PQexecParams(
                    connection, sql, Int32(parameters.count), nil, values, nil, nil, 0)
        }
        return try rows(result, sql)
    }

    func prepare(_ name: String, _ sql: String) throws {
        _ = try rows(PQprepare(connection, name, sql, 0, nil), sql)
    }

    @discardableResult
    func run(prepared name: String, _ parameters: [String?]) throws -> [[String]] {
        let result = withPointers(to: parameters) { values in
            PQexecPrepared(connection, name, Int32(parameters.count), values, nil, nil, 0)
        }
        return try rows(result, name)
    }

    /// Runs a prepared statement with binary parameters and returns its rows as text.
    @discardableResult
    func run(binary name: String, _ parameters: [[UInt8]]) throws -> [[String]] {
        let copies = parameters.map { bytes in
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
            copy.copyBytes(from: bytes)
            return copy
        }
        defer { copies.forEach { $0.deallocate() } }
        let result = PQexecPrepared(
            connection, name, Int32(parameters.count),
            copies.map { UnsafePointer($0.assumingMemoryBound(to: CChar.self).baseAddress) },
            parameters.map { Int32($0.count) }, parameters.map { _ in 1 }, 0)
        return try rows(result, name)
    }

    private func rows(_ result: OpaquePointer?, _ what: String) throws -> [[String]] {
        defer { PQclear(result) }
        guard [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(PQresultStatus(result)) else {
            throw failure(what)
        }
        return (0..<PQntuples(result)).map { row in
            (0..<PQnfields(result)).map { String(cString: PQgetvalue(result, row, $0)) }
        }
    }

    private func withPointers<R>(
        to texts: [String?], _ body: ([UnsafePointer<CChar>?]) -> R
    ) -> R {
        let copies = texts.map { text in text.map { strdup($0) } ?? nil }
        defer { copies.forEach { free($0) } }
        return body(copies.map { copy in copy.map { UnsafePointer($0) } })
    }

    /// Sends the pieces of a COPY until `next` returns `nil`.
    func copy(_ sql: String, _ next: () -> [UInt8]?) throws {
        let opening = PQexec(connection, sql)
        defer { PQclear(opening) }
        guard PQresultStatus(opening) == PGRES_COPY_IN else { throw failure(sql) }
        while let piece = next() {
            let sent = piece.withUnsafeBytes { bytes in
                PQputCopyData(
                    connection, bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                    Int32(bytes.count))
            }
            guard sent == 1 else { throw failure(sql) }
        }
        guard PQputCopyEnd(connection, nil) == 1 else { throw failure(sql) }
        let ending = PQgetResult(connection)
        defer { PQclear(ending) }
        guard PQresultStatus(ending) == PGRES_COMMAND_OK else { throw failure(sql) }
        while let rest = PQgetResult(connection) { PQclear(rest) }
    }
}

extension Session {
    /// Inserts documents as the API does, except for their bytes.
    ///
    /// - Parameter tenants: number of tenants that own them in turn; `nil` for one per document.
    func seedDocuments(_ count: Int, tenants: Int? = nil) throws {
        try run(
            """
            INSERT INTO upload_pipeline.documents (document_id, user_id, filename, mime, bytes_len,
                file_sha256, raw_path)
            SELECT uuidv7(), md5((n % \(tenants ?? count))::text)::uuid, n || '.md',
                'text/markdown', 1,
                encode(sha256(n::text::bytea), 'hex'), 'storage://' || n
            FROM generate_series(1, \(count)) n
            """)
    }

    /// Inserts a job for each document.
    func seedJobs() throws {
        try run(
            """
            INSERT INTO upload_pipeline.upload_jobs (job_id, document_id)
            SELECT uuidv7(), document_id FROM upload_pipeline.documents
            """)
    }

    /// Plans each statement once, as workers do; see `PostgresConfiguration.plansOnce`.
    func planOnce() throws {
        try run("SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off")
    }
}

struct BenchFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A migrated database that exists for one run.
struct Database {
    let url: String
    let session: Session

    static func withTemporary<R>(_ site: Site, _ body: (Database) throws -> R) throws -> R {
        let name = "bench_\(UUID().uuidString.prefix(8).lowercased())"
        let admin = try Session(site.server)
        try admin.run("CREATE DATABASE \(name)")
        defer { _ = try? admin.run("DROP DATABASE \(name) WITH (FORCE)") }
        guard var parts = URLComponents(string: site.server) else {
            throw BenchFailure("the server's address is not a URL")
        }
        parts.path = "/\(name)"
        let url = parts.string ?? ""
        let migration = Process()
        migration.executableURL = URL(filePath: site.program("millrace"))
        migration.arguments = ["migrate"]
        migration.environment = ["MILLRACE_POSTGRES_URL": url, "PATH": "/usr/bin:/bin"]
        migration.standardOutput = FileHandle.nullDevice
        try migration.run()
        migration.waitUntilExit()
        guard migration.terminationStatus == 0 else { throw BenchFailure("migrate failed") }
        return try body(Database(url: url, session: try Session(url)))
    }

    /// Bytes of write-ahead log so far.
    func wal() throws -> Int {
        Int(try session.run("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint")[0][0])
            ?? 0
    }
}
