import Foundation

/// The programs as shipped, on an otherwise idle machine. Measures their memory, their processor
/// time at rest, and the time of one small document from acceptance until it can be searched. The
/// embedder is feature hashing, which takes no time.
struct Idle {
    struct Outcome {
        var milliseconds: [Double]
        var memory: [(program: String, proportionalMB: Double, anonymousMB: Double)]
        /// Percent of one processor, by program. `postgres` is the sum of the programs' sessions.
        var processor: [String: Double]
    }

    private static let restSeconds = 60.0

    private static let documents = 100

    func run(_ site: Site) throws -> Outcome {
        try Database.withTemporary(site) { database in
            let folder = try site.folder()
            let port = "\(Int.random(in: 30000..<40000))"
            let processes = Processes(
                site,
                Processes.environment(
                    site, database, folder,
                    [
                        "MILLRACE_HTTP_PORT": port, "MILLRACE_IDLE_WAIT": "2s",
                        "MILLRACE_ANONYMOUS_TENANT": UUID().uuidString.lowercased(),
                    ]))
            defer { processes.end() }
            try processes.start("embedded-broker")
            Thread.sleep(forTimeInterval: 1)
            for program in [
                "ingest-api", "parse-worker", "chunk-worker", "embed-worker", "flusher",
                "reconciler",
            ] { try processes.start(program) }
            // Until all programs have joined their groups and are idle.
            Thread.sleep(forTimeInterval: 10)
            let memory = processes.memory
            let processor = try processorAtRest(processes, database)
            for number in 0..<Self.documents {
                try upload(number, port)
                try wait(until: number + 1, database)
            }
            let times = try database.session.run(
                """
                SELECT extract(epoch FROM finished_at - created_at) * 1000
                FROM upload_pipeline.upload_jobs WHERE stage = 'embedded' AND state = 'done'
                """)
            guard times.count == Self.documents else {
                throw BenchFailure("\(times.count) of \(Self.documents) documents can be searched")
            }
            return Outcome(
                milliseconds: times.compactMap { Double($0[0]) }, memory: memory,
                processor: processor)
        }
    }

    private func processorAtRest(_ processes: Processes, _ database: Database) throws -> [String:
        Double]
    {
        let sessions = try database.session.run(
            """
            SELECT pid FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """
        ).compactMap { Int32($0[0]) }
        func seconds() -> [String: Double] {
            var seconds = processes.scheduledSeconds
            seconds["postgres"] = sessions.reduce(0) { $0 + Processors.scheduledSeconds(of: $1) }
            return seconds
        }
        let before = seconds()
        Thread.sleep(forTimeInterval: Self.restSeconds)
        let after = seconds()
        return after.merging(before) { 100 * ($0 - $1) / Self.restSeconds }
    }

    /// Polls rarely, so that polling does not affect the measurement.
    private func wait(until finished: Int, _ database: Database) throws {
        let limit = Date(timeIntervalSinceNow: 60)
        while Date() < limit {
            Thread.sleep(forTimeInterval: 0.15)
            let answer = try database.session.run(
                "SELECT count(*) FROM upload_pipeline.upload_jobs WHERE finished_at IS NOT NULL")
            if answer[0][0] == "\(finished)" { return }
        }
        throw BenchFailure("no document was finished for a minute")
    }

    private func upload(_ number: Int, _ port: String) throws {
        let curl = Process()
        curl.executableURL = URL(filePath: "/usr/bin/curl")
        curl.arguments = [
            "--silent", "--fail", "--output", "/dev/null", "--data-binary",
            "# Parcel \(number)\n\nParcel \(number) lies in bay \(number * 7 % 31).\n",
            "http://127.0.0.1:\(port)/v1/documents?filename=\(number).md",
        ]
        try curl.run()
        curl.waitUntilExit()
        guard curl.terminationStatus == 0 else { throw BenchFailure("upload \(number) failed") }
    }
}
