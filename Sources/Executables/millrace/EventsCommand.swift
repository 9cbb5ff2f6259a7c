import ArgumentParser

/// `millrace events JOB`
struct Events: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tells the history of a job, one transition a line.")

    @OptionGroup var api: APIOptions
    @Argument(help: "The job.") var job: String

    func run() async throws {
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
}
