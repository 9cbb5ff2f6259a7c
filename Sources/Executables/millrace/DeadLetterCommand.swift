import ArgumentParser
import Domain
import Postgres

/// `millrace deadletter`
struct DeadLetter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deadletter",
        abstract: "Shows jobs that could not succeed, and sends them on again.",
        subcommands: [DeadLetterList.self, DeadLetterRedrive.self])
}

/// Which dead jobs are meant.
struct DeadLetterFilter: ParsableArguments {
    @Option(help: "Only those that failed with this code.") var code: String?
    @Option(help: "Only those that failed at this stage.") var stage: String?
    @Option(help: "Only this job.") var job: String?

    var isEmpty: Bool { code == nil && stage == nil && job == nil }

    func validate() throws {
        if let stage, Stage(rawValue: stage) == nil {
            let all = Stage.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("'\(stage)' is no stage. Stages: \(all).")
        }
        if let job, JobID(job) == nil { throw ValidationError("'\(job)' is no job id.") }
    }

    /// The condition, of three parameters that may be NULL.
    static let condition = """
        state = 'deadletter'
            AND ($1::text IS NULL OR last_error ->> 'error_type' = $1)
            AND ($2::text IS NULL OR stage = $2)
            AND ($3::text IS NULL OR job_id = $3::uuid)
        """
}

/// `millrace deadletter list`
struct DeadLetterList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists dead jobs, the newest first.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var filter: DeadLetterFilter
    @Option(help: "How many at most.") var limit = 100

    func run() async throws {
        let statement = PostgresStatement(
            """
            SELECT j.job_id::text, d.filename, j.stage, j.last_error ->> 'error_type',
                   j.last_error ->> 'message', j.finished_at::text
            FROM upload_pipeline.upload_jobs j JOIN upload_pipeline.documents d USING (document_id)
            WHERE \(DeadLetterFilter.condition)
            ORDER BY j.finished_at DESC LIMIT $4::bigint
            """, filter.code, filter.stage, filter.job, limit)
        let rows = try await database.withPool { pool in
            try await pool.query(statement).map { row in
                try (0..<6).map { try row.decodeIfPresent($0, as: String.self) ?? "" }
            }
        }
        guard !rows.isEmpty else { return Output.line("There are no dead jobs.") }
        var table = Table("job", "document", "stage", "code", "message", "since")
        for row in rows {
            table.add(row[0], row[1].printable, row[2], row[3], row[4].printable, row[5])
        }
        Output.line(table.text)
        Output.line("Send them on again with 'millrace deadletter redrive'.")
    }
}

/// `millrace deadletter redrive`
struct DeadLetterRedrive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive",
        abstract: "Sends dead jobs back to the stage at which they failed.",
        discussion: "Mend the cause first. The redrive is one event in each job's history.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var filter: DeadLetterFilter
    @Flag(help: "All dead jobs.") var all = false
    @Flag(help: "Only say how many there are.") var dryRun = false

    func validate() throws {
        guard all != !filter.isEmpty else {
            throw ValidationError("Say which: --code, --stage, --job, or --all.")
        }
    }

    func run() async throws {
        let sql = dryRun ? Self.count : Self.redrive
        let filter = filter
        var total = 0
        // A thousand jobs a transaction, so that none is long.
        while true {
            let moved = try await database.withPool { pool in
                let rows = try await pool.query(
                    PostgresStatement(sql, filter.code, filter.stage, filter.job))
                return try rows.map { try $0.decode(0, as: Int.self) }.first ?? 0
            }
            total += moved
            if dryRun || moved < 1000 { break }
        }
        Output.line(dryRun ? "\(total) jobs would be redriven." : "\(total) jobs were redriven.")
    }

    private static let count =
        "SELECT count(*) FROM upload_pipeline.upload_jobs WHERE \(DeadLetterFilter.condition)"

    /// The trigger writes the event; the reconciler sends the hint.
    static let redrive = """
        WITH chosen AS (
            SELECT job_id FROM upload_pipeline.upload_jobs
            WHERE \(DeadLetterFilter.condition)
            ORDER BY finished_at LIMIT 1000 FOR UPDATE SKIP LOCKED
        ), moved AS (
            UPDATE upload_pipeline.upload_jobs j
            SET state = 'queued', finished_at = NULL, attempt = 0, retry_count = 0,
                run_at = statement_timestamp(), notify_at = statement_timestamp(),
                notify_count = 0, updated_at = statement_timestamp()
            FROM chosen WHERE j.job_id = chosen.job_id
            RETURNING j.job_id
        )
        SELECT count(*) FROM moved
        """
}
