import ArgumentParser
import Domain

/// `millrace events JOB`
struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Prints the history of a job, one event per line.",
        discussion: """
            Finds the jobs of all tenants, also deleted ones, and requires an operator's token. \
            With --as-tenant it finds the jobs of the token's tenant.
            """)

    @OptionGroup var api: APIOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var page: PageOptions
    @Flag(help: "Read the events as the tenant of the token, not as an operator.")
    var asTenant = false
    @Argument(help: "The job's id.", transform: JobID.parse) var job: JobID

    func run() async throws {
        let response = try await fetch()
        if output.json { return Output.line(response.json) }
        Output.line(Table(response.value.events).text)
        PageOptions.printNext(response.value.next)
    }

    private func fetch() async throws -> APIClient.Response<EventsResponse> {
        guard !asTenant else {
            return try await api.client().get("/v1/jobs/\(job)/events", page.parameters)
        }
        return try await api.operatorClient().get(
            "/v1/operations/jobs/\(job)/events", page.parameters)
    }
}

extension JobID {
    /// For arguments.
    static func parse(_ text: String) throws -> JobID {
        guard let job = JobID(text) else {
            throw ValidationError("A job's id must be a UUID, not '\(text)'.")
        }
        return job
    }
}

extension Table {
    /// The events of a job.
    init(_ events: [EventsResponse.Event]) {
        self.init("time (UTC)", "event", "position", "attempt", "by", "error")
        for event in events {
            let payload = event.payload
            let position = [payload?.toStage, payload?.toState].compactMap { $0 }
            add(
                event.ts.shortTime, event.code.printable, position.joined(separator: "/"),
                payload?.attempt.map(String.init) ?? "",
                (payload?.worker ?? payload?.requestedBy ?? payload?.by ?? "").printable,
                payload?.error?.message?.printable ?? "")
        }
    }
}
