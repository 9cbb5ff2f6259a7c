import ArgumentParser
import Domain

/// `millrace dead-letters`
struct DeadLettersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "Lists, redrives and deletes jobs that could not succeed.",
        discussion: "Every subcommand requires an operator's token.",
        subcommands: [
            DeadLettersCausesCommand.self, DeadLettersListCommand.self,
            DeadLettersShowCommand.self, DeadLettersRedriveCommand.self,
            DeadLettersPurgeCommand.self,
        ])

    static let path = "/v1/operations/dead-letters"
}

/// Filters that select dead letters.
struct DeadLetterFilterOptions: ParsableArguments {
    @Option(help: "Only jobs that failed with this code.") var code: String?
    @Option(help: "Only jobs that failed at this stage.") var stage: Stage?
    @Option(help: "Only jobs of this tenant (a UUID).", transform: TenantID.parse)
    var tenant: TenantID?

    var isEmpty: Bool { code == nil && stage == nil && tenant == nil }

    var parameters: [String: String?] {
        ["code": code, "stage": stage?.rawValue, "tenant": tenant?.description]
    }
}

extension Stage: ExpressibleByArgument {}

extension TenantID {
    /// For arguments.
    static func parse(_ text: String) throws -> TenantID {
        guard let tenant = TenantID(text) else {
            throw ValidationError("A tenant's id must be a UUID, not '\(text)'.")
        }
        return tenant
    }
}

/// `millrace dead-letters causes`
struct DeadLettersCausesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "causes", abstract: "Counts dead letters by code and stage.")

    @OptionGroup var api: APIOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var filter: DeadLetterFilterOptions

    func run() async throws {
        let response: APIClient.Response<CausesResponse> = try await api.operatorClient().get(
            DeadLettersCommand.path + "/causes", filter.parameters)
        if output.json { return Output.line(response.json) }
        let causes = response.value.causes
        guard !causes.isEmpty else { return Output.line("There are no dead letters.") }
        var table = Table(
            "jobs", "code", "stage", "first (UTC)", "last (UTC)", "message of the last")
        for cause in causes {
            table.add(
                "\(cause.jobs)", cause.code.printable, cause.stage.rawValue,
                cause.firstFailedAt.shortTime, cause.lastFailedAt.shortTime,
                cause.lastMessage.printable)
        }
        Output.line(table.text)
    }
}

/// `millrace dead-letters list`
struct DeadLettersListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists dead letters, the newest first.",
        discussion: "'millrace dead-letters show JOB' shows one of them with its history.")

    @OptionGroup var api: APIOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var filter: DeadLetterFilterOptions
    @OptionGroup var page: PageOptions

    func run() async throws {
        let response: APIClient.Response<DeadLettersResponse> = try await api.operatorClient().get(
            DeadLettersCommand.path,
            filter.parameters.merging(page.parameters) { $1 })
        if output.json { return Output.line(response.json) }
        let letters = response.value.deadLetters
        guard !letters.isEmpty else { return Output.line("There are no dead letters.") }
        var table = Table("job", "document", "stage", "code", "message", "failed (UTC)")
        for letter in letters {
            table.add(
                "\(letter.jobId)", letter.filename.printable, letter.stage.rawValue,
                letter.code.printable, letter.message.printable, letter.failedAt.shortTime)
        }
        Output.line(table.text)
        PageOptions.printNext(response.value.next)
    }
}

/// `millrace dead-letters show JOB`
struct DeadLettersShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows one dead letter with its history.",
        discussion:
            "With --json prints the dead letter; 'millrace events JOB --json' prints events.")

    @OptionGroup var api: APIOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The job's id.", transform: JobID.parse) var job: JobID

    func run() async throws {
        let client = try api.operatorClient()
        let response: APIClient.Response<DeadLetterResponse> = try await client.get(
            DeadLettersCommand.path + "/\(job)")
        if output.json { return Output.line(response.json) }
        let letter = response.value
        var facts = Table("job", "\(job)")
        facts.add("document", "\(letter.documentId)")
        facts.add("file", "\(letter.filename.printable) (\(letter.mime), \(letter.bytes) bytes)")
        facts.add("tenant", "\(letter.tenantId)")
        facts.add("uploaded", letter.uploadedAt.shortTime + " UTC")
        facts.add("failed", "\(letter.failedAt.shortTime) UTC at \(letter.stage.rawValue)")
        facts.add("attempts", "\(letter.attempts) of \(letter.attemptsMax)")
        facts.add("cause", "\(letter.code.printable): \(letter.message.printable)")
        Output.line(facts.text)
        Output.line()
        Output.line(Table(try await events(client)).text)
    }
    /// All events of the job, page by page.
    private func events(_ client: APIClient) async throws -> [EventsResponse.Event] {
        var events: [EventsResponse.Event] = []
        var next: String?
        repeat {
            let page: APIClient.Response<EventsResponse> = try await client.get(
                "/v1/operations/jobs/\(job)/events", ["limit": "1000", "after": next])
            events += page.value.events
            next = page.value.next
        } while next != nil
        return events
    }
}
