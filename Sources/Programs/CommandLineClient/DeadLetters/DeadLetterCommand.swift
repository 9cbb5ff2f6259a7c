import ArgumentParser
import Domain
import JobStorePostgres

/// `millrace deadletter`
struct DeadLetterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deadletter",
        abstract: "Shows jobs that could not succeed, sends them on again, or deletes them.",
        subcommands: [
            DeadLetterCauses.self, DeadLetterList.self, DeadLetterShow.self,
            DeadLetterRedrive.self, DeadLetterPurge.self,
        ])
}

/// Filters that select dead jobs.
struct DeadLetterOptions: ParsableArguments {
    @Option(help: "Only those that failed with this code.") var code: String?
    @Option(help: "Only those that failed at this stage.") var stage: String?
    @Option(help: "Only this job.") var job: String?

    var isEmpty: Bool { code == nil && stage == nil && job == nil }

    var filter: DeadLetterFilter {
        DeadLetterFilter(
            code: code, stage: stage.flatMap(Stage.init(rawValue:)), job: job.flatMap { JobID($0) })
    }

    func validate() throws {
        if let stage, Stage(rawValue: stage) == nil {
            let all = Stage.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("'\(stage)' is no stage. Stages: \(all).")
        }
        if let job, JobID(job) == nil { throw ValidationError("'\(job)' is no job id.") }
    }
}

/// `millrace deadletter causes`
struct DeadLetterCauses: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "causes", abstract: "Counts dead jobs by code and stage.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var options: DeadLetterOptions

    func run() async throws {
        let causes = try await database.withPool { pool in
            try await PostgresJobStore(pool: pool).deadLetterCauses(options.filter)
        }
        guard !causes.isEmpty else { return Output.line("There are no dead jobs.") }
        var table = Table("jobs", "code", "stage", "first", "newest", "newest message")
        for cause in causes {
            table.add(
                "\(cause.jobs)", cause.code, cause.stage, cause.first, cause.newest,
                cause.message.printable)
        }
        Output.line(table.text)
    }
}

/// `millrace deadletter list`
struct DeadLetterList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists dead jobs, the newest first.",
        discussion: "All about one: 'millrace deadletter show JOB'.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var options: DeadLetterOptions
    @Option(help: "How many at most.") var limit = 100

    func run() async throws {
        let letters = try await database.withPool { pool in
            try await PostgresJobStore(pool: pool).deadLetters(options.filter, limit: limit)
        }
        guard !letters.isEmpty else { return Output.line("There are no dead jobs.") }
        var table = Table("job", "document", "stage", "code", "message", "since")
        for letter in letters {
            table.add(
                letter.job, letter.filename.printable, letter.stage, letter.code,
                letter.message.printable, letter.since)
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
        discussion: """
            Mend the cause first. Attempts count from zero again; what was done and staged before
            is not done again. The redrive is one event in each job's history, with the database
            user who asked for it.
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var selection: DeadLetterSelection

    func run() async throws {
        let count = try await selection.run(database) { store, filter, limit in
            try await store.redrive(filter, limit: limit)
        }
        Output.line(
            selection.dryRun ? "Jobs that would be redriven: \(count)" : "Jobs redriven: \(count)")
    }
}

/// `millrace deadletter purge`
struct DeadLetterPurge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Deletes dead jobs and their documents, for good.",
        discussion: "Their events stay, with one more that says so, and who asked for it.")

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var selection: DeadLetterSelection

    func run() async throws {
        let count = try await selection.run(database) { store, filter, limit in
            try await store.purge(filter, limit: limit)
        }
        Output.line(
            selection.dryRun ? "Jobs that would be deleted: \(count)" : "Jobs deleted: \(count)")
    }
}

/// The dead jobs to act on. Acting on all of them requires an explicit flag.
struct DeadLetterSelection: ParsableArguments {
    @OptionGroup var options: DeadLetterOptions
    @Flag(help: "All dead jobs.") var all = false
    @Flag(help: "Only say how many there are.") var dryRun = false

    /// Jobs per transaction, so that no transaction is long.
    private static let pageSize = 1000

    func validate() throws {
        guard all != !options.isEmpty else {
            throw ValidationError("Say which: --code, --stage, --job, or --all.")
        }
    }

    /// Acts page by page and returns the number of jobs.
    func run(
        _ database: DatabaseOptions,
        _ act: (PostgresJobStore, DeadLetterFilter, Int) async throws -> Int
    ) async throws -> Int {
        try await database.withPool { pool in
            let store = PostgresJobStore(pool: pool)
            let expected = try await store.countDeadLetters(options.filter)
            guard !dryRun else { return expected }
            var total = 0
            // At most as many as at the start, so that a job that dies again is not selected twice.
            while total < expected {
                let limit = min(Self.pageSize, expected - total)
                let count = try await act(store, options.filter, limit)
                guard count > 0 else { break }
                total += count
            }
            return total
        }
    }
}
