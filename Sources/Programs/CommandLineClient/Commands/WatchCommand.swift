import ArgumentParser

/// `millrace watch [JOB…]`
struct Watch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows the way of jobs until all have ended.",
        discussion: """
            With jobs, their stages one by one; without, the counts of the whole pipeline. \
            Exit code 1 when a job ended in deadletter.
            """)

    @OptionGroup var api: APIOptions
    @Argument(help: "Jobs, as 'submit' printed them.") var jobs: [String] = []
    @Option(help: "Give up after this many seconds.") var timeoutSeconds = 3600

    func run() async throws {
        let client = try api.client()
        let limit = Duration.seconds(timeoutSeconds)
        if jobs.isEmpty {
            try await PipelineWatch(client: client, limit: limit).run()
        } else {
            try await JobWatch(client: client, jobs: jobs, limit: limit).run()
        }
    }
}

/// Follows jobs until all have ended.
struct JobWatch {
    let client: APIClient
    let jobs: [String]
    var limit = Duration.seconds(3600)

    /// - Throws: exit code 1 when a job ended in deadletter.
    func run() async throws {
        let clock = ContinuousClock()
        let begin = clock.now
        var view = ProgressView(jobs: jobs, isTerminal: Output.isTerminal)
        var retryLimit = RetryLimit()
        while true {
            do {
                for status in try await fetch(view.open) { view.update(status) }
                retryLimit.succeeded()
            } catch let error as APIFailure where error.isTransient {
                try await retryLimit.failed(error)
                continue
            }
            let (columns, rows) = Output.size
            Output.write(view.render(columns: columns, rows: rows))
            if view.open.isEmpty { break }
            guard clock.now - begin < limit else {
                throw UserError("\(view.open.count) jobs have not ended in \(limit).")
            }
            try await Task.sleep(for: .milliseconds(250))
        }
        Output.line(view.summary(took: clock.now - begin))
        if view.dead > 0 { throw ExitCode.failure }
    }

    /// Fetches the status of the jobs, eight at a time.
    private func fetch(_ jobs: [String]) async throws -> [JobStatus] {
        var all: [JobStatus] = []
        for group in jobs.chunks(of: 8) {
            all += try await withThrowingTaskGroup(of: JobStatus.self) { tasks in
                for job in group { tasks.addTask { try await client.job(job) } }
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

    func run() async throws {
        let clock = ContinuousClock()
        let begin = clock.now
        var told = ""
        var retryLimit = RetryLimit()
        while true {
            let status: PipelineStatus
            do {
                status = try await client.pipeline()
                retryLimit.succeeded()
            } catch let error as APIFailure where error.isTransient {
                try await retryLimit.failed(error)
                continue
            }
            let open = status.counts.filter { !$0.isEnded }
            let line = open.map { "\($0.stage)/\($0.state) \($0.jobs)" }.joined(separator: "  ")
            if line != told, !line.isEmpty { Output.line(line) }
            told = line
            if open.allSatisfy({ $0.jobs == 0 }) { break }
            guard clock.now - begin < limit else {
                throw UserError("The pipeline was not empty after \(limit).")
            }
            try await Task.sleep(for: .milliseconds(500))
        }
        Output.line("Nothing is on its way. See 'millrace status'.")
    }
}

extension PipelineStatus.Count {
    var isEnded: Bool { state == "deadletter" || (stage == "embedded" && state == "done") }
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
