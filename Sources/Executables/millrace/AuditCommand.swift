import ArgumentParser
import Postgres

/// `millrace audit`
struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks the promises of the pipeline against the database; changes nothing.",
        discussion: "Exit code 1 when one is broken.")

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        let breaches = try await database.withPool { pool in
            try await InvariantAudit(pool: pool).run()
        }
        for invariant in InvariantAudit.Invariant.allCases {
            let found = breaches.filter { $0.invariant == invariant }
            Output.line("\(found.isEmpty ? "ok    " : "BROKEN") \(invariant.promise)")
            for breach in found {
                Output.line("       \(breach.subject)  \(breach.detail.printable)")
            }
        }
        if !breaches.isEmpty { throw ExitCode.failure }
    }
}
