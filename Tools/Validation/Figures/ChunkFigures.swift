import CataloguePostgres
import Domain
import FoundationEssentials
import Indexing
import JobStorePostgres
import Postgres
import QueryPostgres
import TestCluster

/// Measures staging, flushing and reading chunks and vectors.
@MainActor
struct ChunkFigures {
    let bench: FigureBench
    let cohorts: Figures.Cohorts

    private let rows = SampleRows(documents: 1, rowsPerDocument: 4)

    init(bench: FigureBench, cohorts: Figures.Cohorts) {
        self.bench = bench
        self.cohorts = cohorts
    }

    private var itemsInSet: Int { cohorts.sets[0].reduce(0) { $0 + $1.chunks } }

    func measure() async throws {
        try await storeChunks()
        try await storeVectors()
        try await flush()
        try await read()
    }

    private func storeChunks() async throws {
        let copy = FigureBench.Jobs.copyChunks()
        var times: [Quantiles] = []
        let start = bench.position()
        for batches in [cohorts.alone, cohorts.sets] {
            let start = bench.position()
            for batch in batches { try await chunk(batch, copy) }
            times.append(try bench.times(of: copy.sql, since: start))
        }
        bench.add(
            Figure(
                name: "store a chunk", there: "<1 ms", statement: "copy_chunks.sql (COPY)",
                alone: times[0], set: (itemsInSet, times[1])))
        bench.add(
            Figure(
                name: "commit", there: "not stated", statement: "COMMIT of these, to disk",
                alone: try bench.times(of: "COMMIT", since: start)))
    }

    /// Stages texts in the transaction that completes the chunking.
    private func chunk(_ jobs: [FigureBench.Job], _ copy: PostgresStatement) async throws {
        try await bench.pool.transaction { connection in
            _ = try await connection.query(
                FigureBench.Jobs.completeChunking(
                    jobs.ids, jobs.tokens, jobs.map { Int32($0.chunks) },
                    jobs.map { _ in "english" }))
            try await StagedTexts(
                rows: rows, documents: jobs.map { ($0.document, $0.chunks) }
            ).copy(copy, over: connection)
        }
    }

    private func storeVectors() async throws {
        let batches = cohorts.alone + cohorts.sets
        _ = try await bench.claim(batches) { FigureBench.claim($0, .embed) }
        try await bench.run(batches) {
            FigureBench.Jobs.beginEmbedding($0.ids, $0.tokens, "sample", "1", 1536)
        }
        let vectors = (0..<4).map(rows.vector)
        let sketches = vectors.map { PostgresBits(Sketch(of: $0).words) }
        let statement = { (jobs: [FigureBench.Job]) -> PostgresStatement in
            let all = jobs.flatMap { job in (0..<job.chunks).map { (job, $0) } }
            return FigureBench.Jobs.stageVectors(
                jobs.ids, jobs.tokens, all.map(\.0.id), all.map(\.0.document),
                all.map { _ in Int32(1) }, all.map { Int32($0.1) },
                PostgresVectorArray(all.map { vectors[$0.1] }), all.map { sketches[$0.1] })
        }
        bench.add(
            Figure(
                name: "store a vector", there: "<1 ms", statement: "stage_vectors.sql",
                alone: try await bench.run(cohorts.alone, statement),
                set: (itemsInSet, try await bench.run(cohorts.sets, statement))))
        try await bench.run(batches) {
            FigureBench.Jobs.completeEmbedding($0.ids, $0.tokens)
        }
    }

    private func flush() async throws {
        _ = try await bench.claim(cohorts.alone + cohorts.sets) { FigureBench.claim($0, .flush) }
        let statement = { (jobs: [FigureBench.Job]) in
            FigureBench.Jobs.flush(jobs.ids, jobs.tokens, 0, Int(Int32.max), [UUID]())
        }
        bench.add(
            Figure(
                name: "make chunks searchable", there: "not stated", statement: "flush.sql",
                alone: try await bench.run(cohorts.alone, statement),
                set: (itemsInSet, try await bench.run(cohorts.sets, statement))))
    }

    private func read() async throws {
        try await bench.run([[]]) { _ in PostgresStatement("ANALYZE") }
        bench.add(
            Figure(
                name: "chunk query", there: "<3 ms", statement: "chunks.sql, of a document",
                alone: try await bench.run(cohorts.alone) {
                    FigureBench.Catalogue.chunks($0[0].document, Int32(0), 100)
                }))
        let audit = { (jobs: [FigureBench.Job]) in FigureBench.Jobs.auditChunks(jobs.documents) }
        bench.add(
            Figure(
                name: "complex query over four tables", there: "<5 ms",
                statement: "audit_chunks.sql, over jobs, chunks, sketches, both buffers and events",
                alone: try await bench.run(cohorts.alone, audit),
                set: (Figures.setSize, try await bench.run(cohorts.sets, audit))))
        bench.add(
            Figure(
                name: "query events", there: "<2 ms", statement: "job_events.sql, of a job",
                alone: try await bench.run(cohorts.alone) {
                    SharedQuery.jobEvents($0[0].id, 0, 100)
                }))
    }
}

/// Stages the texts of several documents by one COPY.
private struct StagedTexts: Sendable {
    let rows: SampleRows
    let documents: [(id: UUID, chunks: Int)]

    func copy(_ copy: PostgresStatement, over connection: PostgresConnection) async throws {
        var index = 0
        _ = try await connection.copyIn(copy) { writer in
            let document = documents[index]
            for ord in 0..<document.chunks {
                let chunk = rows.chunk(ord)
                writer.row(
                    document.id, Int32(1), Int32(ord), UUID(), "sample", "1", chunk.text,
                    String(repeating: "0", count: 64), Int32(130), Int64(0), Int64(700),
                    chunk.headings, nil, nil)
            }
            index += 1
            return index < documents.count
        }
    }
}
