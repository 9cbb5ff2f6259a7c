import Foundation

/// One stage as it is shipped, with all documents waiting for it. Processor time is of `measured` alone.
struct StageAlone: Side {
    let name: String
    /// What is counted: as many of whatever it is, or else the chunks.
    let units: Int?
    let documents: [Document]
    let stage: Stage
    /// The program whose processor time is told.
    let measured: String
    var usesModel = false

    enum Stage: Int, CaseIterable {
        case parse, chunk, embed, flush

        var program: String { self == .flush ? "flusher" : "\(self)-worker" }
    }

    func run(_ site: Site) throws -> Sample {
        try Database.lend(site) { database in
            let folder = "/var/tmp/\(UUID().uuidString.lowercased())"
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try database.storeDocuments(documents, in: folder)
            try database.prepareJobs()
            let environment = Crew.environment(
                site, database, folder,
                ["MILLRACE_SLOTS": "64"].merging(
                    usesModel ? ["MILLRACE_MINILM_PATH": site.runtime + "/minilm"] : [:]
                ) { $1 })
            for before in Stage.allCases where before.rawValue < stage.rawValue {
                let crew = Crew(site, environment)
                defer { crew.end() }
                try crew.start("embedded-broker")
                Thread.sleep(forTimeInterval: 1)
                try crew.start(before.program)
                try database.releaseJobs()
                try wait(for: before, crew, database)
            }
            try database.session.run(
                "UPDATE upload_pipeline.upload_jobs SET run_at = now() + interval '1 h'")
            let crew = Crew(site, environment)
            defer { crew.end() }
            try crew.start("embedded-broker")
            Thread.sleep(forTimeInterval: 1)
            try crew.start(stage.program)
            // Until it has joined its group: starting is not what is measured.
            Thread.sleep(forTimeInterval: 4)
            let (wal, cpu, start) = (try database.wal(), crew.cpuSeconds(of: measured), Date())
            try database.releaseJobs()
            try wait(for: stage, crew, database)
            let (seconds, busy) = (
                -start.timeIntervalSinceNow, crew.cpuSeconds(of: measured) - cpu
            )
            let written = try database.wal() - wal
            let chunks = try database.session.run(
                "SELECT coalesce(sum(expected_chunks), 0) FROM upload_pipeline.upload_jobs")
            return Sample(
                units: units ?? Int(chunks[0][0]) ?? 0, seconds: seconds, cpuSeconds: busy,
                walBytes: written, peakMB: crew.peakMB)
        }
    }

    private func wait(for stage: Stage, _ crew: Crew, _ database: Database) throws {
        let next = Stage(rawValue: stage.rawValue + 1) ?? .flush
        try crew.work(
            until: documents.count, database,
            "SELECT count(*) FROM upload_pipeline.upload_jobs WHERE waiting_for = '\(next)'")
    }
}

extension StageAlone {
    /// What a parse, a megabyte and a chunk cost, on prose.
    ///
    /// - Parameter pdf: a document with text on several pages.
    static func comparisons(_ sentences: [String], pdf: [UInt8]) -> [Comparison] {
        func prose(
            _ documents: Int, sentences count: Int, of sentences: [String]
        ) -> [Document] {
            (0..<documents).map { number in
                let lines = (0..<count).map { sentences[(number * count + $0) % sentences.count] }
                return Document(markdown: "# Part \(number)\n\n" + lines.joined(separator: ".\n\n"))
            }
        }
        func parsing(_ name: String, _ documents: [Document]) -> StageAlone {
            StageAlone(
                name: name, units: documents.count, documents: documents, stage: .parse,
                measured: "parse-sandbox")
        }
        let megabytes = prose(8, sentences: sentences.count, of: sentences)
        return [
            Comparison(
                title: "parsing", unit: "documents",
                sides: [
                    parsing("Markdown, a sentence", prose(2000, sentences: 1, of: sentences)),
                    parsing("Markdown, 40 sentences", prose(2000, sentences: 40, of: sentences)),
                    parsing(
                        "Markdown, 4,000 sentences", prose(100, sentences: 4000, of: sentences)),
                    parsing(
                        "PDF", (0..<500).map { Document(pdf: pdf + Array("%\($0)\n".utf8)) }),
                ]),
            Comparison(
                title: "chunking", unit: "MB",
                sides: [
                    StageAlone(
                        name: "chunk-worker",
                        units: megabytes.reduce(0) { $0 + $1.bytes.count } / 1_000_000,
                        documents: megabytes, stage: .chunk, measured: "chunk-worker")
                ]),
            Comparison(
                title: "embedding", unit: "chunks",
                sides: [
                    StageAlone(
                        name: "embed-worker, all-MiniLM-L6-v2", units: nil,
                        documents: prose(
                            4, sentences: 900, of: sentences.filter(Sentences.isPlain)),
                        stage: .embed,
                        measured: "embed-worker", usesModel: true)
                ]),
        ]
    }
}
