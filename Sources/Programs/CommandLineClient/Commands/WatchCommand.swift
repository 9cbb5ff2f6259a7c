import ArgumentParser
import Domain

/// `millrace watch [JOB…]`
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Follows jobs until all have ended.",
        discussion: """
            With jobs, shows the stages of each. Without, shows the counts of the whole pipeline. \
            With --json each change is one line of JSON. Exit code 1 when a job ended as a dead \
            letter.
            """)

    @OptionGroup var api: APIOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "Ids of jobs, as 'submit' printed them.", transform: JobID.parse)
    var jobs: [JobID] = []
    @Option(help: "Give up after this time, such as 30s, 15m or 2h.")
    var timeout = DurationArgument.default("1h")

    func run() async throws {
        let client = try api.client()
        if jobs.isEmpty {
            try await PipelineWatch(client: client, limit: timeout.duration, json: output.json)
                .run()
        } else {
            try await JobWatch(
                client: client, jobs: jobs, limit: timeout.duration, json: output.json
            ).run()
        }
    }
}

/// Follows jobs until all have ended.
struct JobWatch {
    let client: APIClient
    let jobs: [JobID]
    var limit = Duration.seconds(3600)
    var json = false

    /// - Throws: exit code 1 when a job ended as a dead letter.
    func run() async throws {
        let clock = ContinuousClock()
        let begin = clock.now
        var view = ProgressView(jobs: jobs, isTerminal: Output.isTerminal && !json)
        var retryLimit = RetryLimit()
        while true {
            do {
                for response in try await fetch(view.unfinished) {
                    let isChange = view.update(response.value)
                    if json, isChange { Output.line(response.json) }
                }
                retryLimit.succeeded()
            } catch let error as APIFailure where error.isTransient {
                try await retryLimit.failed(error)
                continue
            }
            let (columns, rows) = Output.size
            if !json { Output.write(view.render(columns: columns, rows: rows)) }
            if view.unfinished.isEmpty { break }
            guard clock.now - begin < limit else {
                throw UserError(
                    "\(view.unfinished.count) jobs have not ended within "
                        + "\(limit.components.seconds) s. They continue; 'millrace watch' shows "
                        + "what is unfinished.")
            }
            try await Task.sleep(for: .milliseconds(250))
        }
        if !json { Output.line(view.summary(took: clock.now - begin)) }
        if view.deadCount > 0 { throw ExitCode(CommandStatus.failure.rawValue) }
    }

    /// Fetches the status of the jobs, eight at a time.
    private func fetch(_ jobs: [JobID]) async throws -> [APIClient.Response<JobResponse>] {
        var all: [APIClient.Response<JobResponse>] = []
        for group in jobs.chunks(of: 8) {
            all += try await withThrowingTaskGroup(of: APIClient.Response<JobResponse>.self) {
                tasks in
                for job in group { tasks.addTask { try await client.get("/v1/jobs/\(job)") } }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
        }
        return all
    }
}

/// Follows the pipeline's counts until no job is unfinished.
struct PipelineWatch {
    let client: APIClient
    let limit: Duration
    let json: Bool

    func run() async throws {
        let clock = ContinuousClock()
        let begin = clock.now
        var lastLine: String?
        var retryLimit = RetryLimit()
        while true {
            let response: APIClient.Response<PipelineResponse>
            do {
                response = try await client.get("/v1/pipeline")
                retryLimit.succeeded()
            } catch let error as APIFailure where error.isTransient {
                try await retryLimit.failed(error)
                continue
            }
            let unfinished = response.value.counts.filter { !$0.position.isEnded && $0.jobs > 0 }
            let line = unfinished.map { "\($0.position) \($0.jobs)" }.joined(separator: "  ")
            if line != lastLine, json || !line.isEmpty { Output.line(json ? response.json : line) }
            lastLine = line
            if unfinished.isEmpty { break }
            guard clock.now - begin < limit else {
                throw UserError(
                    "Jobs are unfinished after \(limit.components.seconds) s. They continue; "
                        + "'millrace watch' shows what is unfinished.")
            }
            try await Task.sleep(for: .milliseconds(500))
        }
        if !json { Output.line("No job is unfinished.") }
    }
}

/// Limits retries of an unavailable API: gives up after 30 seconds of consecutive failures.
struct RetryLimit {
    private var failures = 0

    mutating func succeeded() { failures = 0 }

    mutating func failed(_ error: APIFailure) async throws {
        failures += 1
        guard failures < 60 else { throw error }
        try await Task.sleep(for: .milliseconds(500))
    }
}
