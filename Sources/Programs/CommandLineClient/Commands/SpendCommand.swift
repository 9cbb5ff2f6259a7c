import ArgumentParser
import Domain
import Operating

extension SpendGrouping: ExpressibleByArgument {}

/// `millrace spend`
struct SpendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spend",
        abstract: "Sums provider calls: calls, texts or pages, tokens and waste.",
        discussion: """
            Tokens are counted by the providers. Wasted tokens belong to calls without a usable \
            result. The end of an unknown call was not recorded, usually because its process died. \
            Requires an operator's token.
            """)

    @OptionGroup var api: APIOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "Sum per day, tenant, document, provider or outcome.") var by = SpendGrouping.day
    @Option(help: "Sum the calls of this time, such as 24h or 30d.")
    var window = DurationArgument.default("30d")
    @Option(help: "Only calls for this tenant (a UUID).") var tenant: String?
    @Option(help: "Maximum number of rows, 1 to 1000.") var limit = 100

    func validate() throws {
        guard (1...1000).contains(limit) else {
            throw ValidationError("--limit must be between 1 and 1000.")
        }
        if let tenant, TenantID(tenant) == nil {
            throw ValidationError("--tenant must be a UUID, not '\(tenant)'.")
        }
    }

    func run() async throws {
        let response: APIClient.Response<SpendResponse> = try await api.operatorClient().get(
            "/v1/operations/spend",
            [
                "by": by.rawValue, "window_seconds": "\(window.seconds)", "tenant": tenant,
                "limit": "\(limit)",
            ])
        if output.json { return Output.line(response.json) }
        guard !response.value.sums.isEmpty else {
            return Output.line("No provider was called in this time.")
        }
        var table = Table(
            by.rawValue, "calls", "failed", "unknown", "units", "tokens", "wasted")
        for sum in response.value.sums {
            table.add(
                sum.key.printable, "\(sum.calls)", "\(sum.failedCalls)", "\(sum.unknownCalls)",
                "\(sum.units)", "\(sum.tokens)", "\(sum.wastedTokens)")
        }
        Output.line(table.text)
    }
}
