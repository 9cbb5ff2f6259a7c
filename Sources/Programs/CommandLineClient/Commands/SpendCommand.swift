import ArgumentParser
import Domain
import JobStorePostgres

extension SpendGrouping: ExpressibleByArgument {}

/// `millrace spend`
struct SpendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spend",
        abstract: "Sums up what was asked of providers: calls, texts, tokens, waste.",
        discussion: """
            Tokens are those that the providers counted; wasted ones brought an answer that could
            not be used. Calls of unknown end were made by a process that died.
            """)

    @OptionGroup var database: DatabaseOptions
    @Option(help: "By day, tenant, document, provider or outcome.") var by = SpendGrouping.day
    @Option(help: "Of the last so many days.") var days = 30.0
    @Option(help: "Only of this tenant.") var tenant: String?
    @Option(help: "How many rows at most.") var limit = 100

    func validate() throws {
        guard days > 0, days <= 36_500 else {
            throw ValidationError("--days is more than 0 and at most 36500.")
        }
        guard limit > 0 else { throw ValidationError("--limit is more than 0.") }
        if let tenant, TenantID(tenant) == nil {
            throw ValidationError("'\(tenant)' is no tenant's id.")
        }
    }

    func run() async throws {
        let sums = try await database.withPool { pool in
            try await PostgresJobStore(pool: pool).spend(
                by: by, of: tenant.flatMap { TenantID($0) }, since: .seconds(days * 86_400),
                limit: limit)
        }
        guard !sums.isEmpty else { return Output.line("No provider was asked.") }
        var table = Table(
            by.rawValue, "calls", "failed", "unknown", "texts", "tokens", "wasted")
        for sum in sums {
            table.add(
                sum.key, "\(sum.calls)", "\(sum.failedCalls)", "\(sum.unknownCalls)",
                "\(sum.units)", "\(sum.tokens)", "\(sum.wastedTokens)")
        }
        Output.line(table.text)
    }
}
