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
        try await selection.run(.redrive, try api.operatorClient(), json: output.json)
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
        try await selection.run(.purge, try api.operatorClient(), json: output.json)
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

    private var request: DeadLetterRequest {
        DeadLetterRequest(
            jobs: jobs.isEmpty ? nil : jobs,
            filter: filter.isEmpty
                ? nil : .init(code: filter.code, stage: filter.stage, tenant: filter.tenant),
            all: all ? true : nil, failedBefore: nil, dryRun: dryRun)
    }

    enum Action: String {
        case redrive, purge

        var participle: String {
            switch self {
            case .redrive: "redriven"
            case .purge: "deleted"
            }
        }
    }

    /// Acts and prints the effect, also that of the first pages when a later page fails.
    func run(_ action: Action, _ client: APIClient, json: Bool) async throws {
        var pages = DeadLetterPages()
        do {
            while !pages.isComplete {
                // The API bounds each call. Later pages exclude jobs that failed after the first,
                // so that a job that fails again is not selected twice.
                var request = request
                request.failedBefore = pages.asOf
                let response: APIClient.Response<OutcomeResponse> = try await client.post(
                    DeadLettersCommand.path + "/\(action.rawValue)", request)
                pages.add(response.value)
            }
        } catch {
            if json, let outcome = pages.outcome { try Output.json(outcome) }
            throw pages.failure(error, of: action)
        }
        guard let outcome = pages.outcome else { return }
        if json { return try Output.json(outcome) }
        Output.line(
            outcome.dryRun
                ? "Jobs that would be \(action.participle): \(outcome.matched)"
                : "Jobs \(action.participle): \(outcome.changed)")
    }
}

/// The pages of one action on dead letters. Pure.
struct DeadLetterPages {
    /// The sum of the pages; `nil` before the first.
    private(set) var outcome: OutcomeResponse?
    private(set) var isComplete = false

    var asOf: String? { outcome?.asOf }

    mutating func add(_ page: OutcomeResponse) {
        isComplete = page.dryRun || page.changed == 0 || page.changed >= page.matched
        outcome = OutcomeResponse(
            dryRun: page.dryRun, matched: outcome?.matched ?? page.matched,
            changed: (outcome?.changed ?? 0) + page.changed, asOf: outcome?.asOf ?? page.asOf)
    }

    /// What to report when a page fails: the failure, what was done before it, and the next step.
    func failure(_ error: any Error, of action: DeadLetterSelection.Action) -> any Error {
        guard let outcome, outcome.changed > 0 else { return error }
        return UserError(
            "\(error) Before that, \(outcome.changed) of \(outcome.matched) jobs were "
                + "\(action.participle). Run the same command again for the others.",
            CommandStatus.worst(of: [error]))
    }
}
