import Foundation

/// One queue's worker as shipped, with all documents waiting in the queue. Processor time is that
/// of `measured` only.
struct StageAlone: Side {
    let name: String
    /// The number of units, or `nil` to count chunks.
    let units: Int?
    let documents: [Document]
    let stage: Stage
    /// The program whose processor time is reported.
    let measured: String
    var usesModel = false

    enum Stage: Int, CaseIterable {
        case parse, chunk, embed

        var program: String { "\(self)-worker" }
        var next: String { ["chunk", "embed", "flush"][rawValue] }
    }

    func run(_ site: Site) throws -> Sample {
        try Database.withTemporary(site) { database in
            let folder = try site.folder()
            let model = usesModel ? ["MILLRACE_MINILM_PATH": site.runtime + "/minilm"] : [:]
            let environment = Processes.environment(
                site, database, folder, ["MILLRACE_SLOTS": "64"].merging(model) { $1 })
            try database.storeDocuments(documents, in: folder)
            try database.prepareJobs()
            for before in Stage.allCases where before.rawValue < stage.rawValue {
                _ = try pass(before, site, environment, database)
            }
            return try pass(stage, site, environment, database)
        }
    }

    /// Runs all documents through one queue.
    private func pass(
        _ stage: Stage, _ site: Site, _ environment: [String: String], _ database: Database
    ) throws -> Sample {
        try database.holdJobs()
        let processes = Processes(site, environment)
        defer { processes.end() }
        try processes.start("embedded-broker")
        Thread.sleep(forTimeInterval: 1)
        try processes.start(stage.program)
        // Until the worker has joined its group, so that startup is not measured.
        Thread.sleep(forTimeInterval: 4)
        try database.releaseJobs()
        let (wal, cpu, start) = (try database.wal(), processes.cpuSeconds(of: measured), Date())
        try processes.work(
            until: documents.count, database,
            """
            SELECT count(*) FROM upload_pipeline.upload_jobs WHERE waiting_for = '\(stage.next)'
            """)
        let (seconds, busy) = (
            -start.timeIntervalSinceNow, processes.cpuSeconds(of: measured) - cpu
        )
        let written = try database.wal() - wal
        let chunks = try database.session.run(
            "SELECT coalesce(sum(expected_chunks), 0) FROM upload_pipeline.upload_jobs")
        return Sample(
            units: units ?? Int(chunks[0][0]) ?? 0, seconds: seconds, cpuSeconds: busy,
            walBytes: written, peakMB: processes.peakMB)
    }
}

/// Builds documents from sentences.
private struct Prose {
    let sentences: [String]

    func documents(_ count: Int, ofSentences length: Int) -> [Document] {
        (0..<count).map { number in
            let lines = (0..<length).map {
                sentences[(number * length + $0) % sentences.count]
            }
            return Document(
                markdown: "# Part \(number)\n\n" + lines.joined(separator: ".\n\n"))
        }
    }
}

extension StageAlone {
    /// Compares the sandbox's cost per document by type and size.
    ///
    /// - Parameter pdf: a document with text on several pages.
    static func parsing(_ sentences: [String], pdf: [UInt8]) -> Comparison {
        let prose = Prose(sentences: sentences)
        func side(_ name: String, _ documents: [Document]) -> StageAlone {
            StageAlone(
                name: name, units: documents.count, documents: documents, stage: .parse,
                measured: "parse-sandbox")
        }
        return Comparison(
            title: "parsing, CPU of parse-sandbox", unit: "documents",
            sides: [
                side("Markdown, a sentence", prose.documents(2000, ofSentences: 1)),
                side("Markdown, 40 sentences", prose.documents(2000, ofSentences: 40)),
                side("Markdown, 4,000 sentences", prose.documents(100, ofSentences: 4000)),
                side("PDF", (0..<500).map { Document(pdf: pdf + Array("%\($0)\n".utf8)) }),
            ], hasFloor: false)
    }

    static func chunking(_ sentences: [String]) -> Comparison {
        let documents = Prose(sentences: sentences).documents(40, ofSentences: sentences.count)
        let side = StageAlone(
            name: "English about code", units: documents.reduce(0) { $0 + $1.bytes.count } / 1000,
            documents: documents, stage: .chunk, measured: "chunk-worker")
        return Comparison(
            title: "chunking, CPU of chunk-worker", unit: "KB", sides: [side], hasFloor: false)
    }

    static func embedding(_ sentences: [String]) -> Comparison {
        let prose = Prose(sentences: sentences.filter(Sentences.isPlain))
        let side = StageAlone(
            name: "plain English, all-MiniLM-L6-v2", units: nil,
            documents: prose.documents(4, ofSentences: 900), stage: .embed,
            measured: "embed-worker", usesModel: true)
        return Comparison(
            title: "embedding, CPU of embed-worker", unit: "chunks", sides: [side],
            hasFloor: false)
    }
}
