import ArgumentParser
import Domain
import LocalCluster
import FoundationEssentials
import JobStorePostgres

/// `millrace events JOB`
struct Events: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the history of a job, one transition per line.",
        discussion: """
            Reads the database of this machine's cluster, or the one that --url names, where it \
            finds the jobs of all tenants. With --api it asks the API, as the tenant of the token.
            """)

    @OptionGroup var api: APIOptions
    @Option(help: "The database's URL, for the jobs of all tenants (MILLRACE_POSTGRES_URL).")
    var url: String?
    @Argument(help: "The job.") var job: String

    func validate() throws {
        if JobID(job) == nil { throw ValidationError("'\(job)' is not a job id.") }
    }

    func run() async throws {
        guard let id = JobID(job) else { return }
        if let url = try databaseURL {
            let history = try await DatabaseOptions.withPool(at: url) { pool in
                try await PostgresJobStore(pool: pool).history(of: id)
            }
            guard !history.isEmpty else { throw UserError("There is no job \(job).") }
            return Output.line(Table(history: history).text)
        }
        let events = try await api.client().events(of: job).events
        var table = Table("time", "what", "code", "to", "attempt", "worker", "error")
        for event in events {
            let payload = event.payload
            let position = [payload?.toStage, payload?.toState].compactMap { $0 }
            table.add(
                event.ts, event.type, event.code, position.joined(separator: "/"),
                payload?.attempt.map(String.init) ?? "", payload?.worker ?? "",
                payload?.error?.message?.printable ?? "")
        }
        Output.line(table.text)
    }

    /// `nil` when the events come from the API.
    private var databaseURL: String? {
        get throws {
            if let url { return url }
            if api.api != nil { return nil }
            let environment = ProcessInfo.processInfo.environment
            if let url = environment["MILLRACE_POSTGRES_URL"] { return url }
            guard api.address == nil else { return nil }
            return try ClusterRecord.read(api.cluster.layout)?.postgresURL(of: .operator)
        }
    }
}

extension Table {
    /// A table of a job's transitions.
    init(history: [DeadLetterDetail.Step]) {
        self.init("time", "code", "to", "attempt", "by", "error")
        for step in history {
            add(
                step.time, step.code, step.position, step.attempt, step.actor,
                step.error.printable)
        }
    }
}
