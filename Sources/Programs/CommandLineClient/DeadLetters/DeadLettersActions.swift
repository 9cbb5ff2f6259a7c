import ArgumentParser
import Domain

/// `millrace dead-letters redrive`
struct DeadLettersRedriveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive",
        abstract: "Queues dead letters again at the stage at which they failed.",
        discussion: """
            Fix the cause first. Attempts are counted from zero again, and completed work is not \
            repeated. Each job's history records the redrive with the operator's name.
            """)

    @OptionGroup var api: APIOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var selection: DeadLetterSelection

    func run() async throws {
        let outcome = try await selection.run("redrive", try api.operatorClient())
        if output.json { return try Output.json(outcome) }
        Output.line(
            outcome.dryRun
                ? "Jobs that would be redriven: \(outcome.matched)"
                : "Jobs redriven: \(outcome.changed)")
    }
}

/// `millrace dead-letters purge`
struct DeadLettersPurgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Deletes dead letters and their documents. This cannot be undone.",
        discussion: """
            The events of the jobs remain, with one more that records the purge and the operator's \
            name.
            """)

    @OptionGroup var api: APIOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var selection: DeadLetterSelection

    func run() async throws {
        let outcome = try await selection.run("purge", try api.operatorClient())
        if output.json { return try Output.json(outcome) }
        Output.line(
            outcome.dryRun
                ? "Jobs that would be deleted: \(outcome.matched)"
                : "Jobs deleted: \(outcome.changed)")
    }
}

/// The dead letters to act on. Acting on all of them requires an explicit flag.
struct DeadLetterSelection: ParsableArguments {
    @OptionGroup var filter: DeadLetterFilterOptions
    @Option(
        name: .customLong("job"), parsing: .singleValue,
        help: "Only this job; repeat the option for several, at most 1000.",
        transform: JobID.parse)
    var jobs: [JobID] = []
    @Flag(help: "All dead letters.") var all = false
    @Flag(help: "Only count the jobs; change nothing.") var dryRun = false

    func validate() throws {
        let ways = [all, !filter.isEmpty, !jobs.isEmpty].count { $0 }
        guard ways == 1 else {
            throw ValidationError(
                "Select the dead letters in one way: by --code, --stage and --tenant, by --job, or "
                    + "with --all.")
        }
        guard jobs.count <= 1000 else {
            throw ValidationError("--job must be given at most 1000 times.")
        }
    }

    private var order: DeadLetterAction {
        DeadLetterAction(
            jobs: jobs.isEmpty ? nil : jobs,
            filter: filter.isEmpty
                ? nil : .init(code: filter.code, stage: filter.stage, tenant: filter.tenant),
            all: all ? true : nil, failedBefore: nil, dryRun: dryRun)
    }

    /// Acts page by page, as the API bounds each call. Later pages exclude jobs that failed after
    /// the first, so that a job that fails again is not selected twice.
    func run(_ action: String, _ client: APIClient) async throws -> DeadLetterOutcome {
        let path = DeadLettersCommand.path + "/\(action)"
        var order = order
        let first: APIClient.Answer<DeadLetterOutcome> = try await client.post(path, order)
        guard !dryRun else { return first.value }
        order.failedBefore = first.value.asOf
        var changed = first.value.changed
        var last = first.value
        while last.changed > 0, last.changed < last.matched {
            let answer: APIClient.Answer<DeadLetterOutcome> = try await client.post(path, order)
            last = answer.value
            changed += last.changed
        }
        return DeadLetterOutcome(
            dryRun: false, matched: first.value.matched, changed: changed, asOf: first.value.asOf)
    }
}
