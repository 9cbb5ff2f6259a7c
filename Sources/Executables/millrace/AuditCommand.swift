import ArgumentParser
import JobStorePostgres
import Reconciling

/// `millrace audit`
struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks the promises of the pipeline against the database; changes nothing.",
        discussion: """
            Looks at documents and jobs that changed within the last hour, and at whatever is
            overdue. Exit code 1 when a promise is broken.
            """)

    @OptionGroup var database: DatabaseOptions
    @Option(help: "Look at what changed within so many hours.") var hours = 1.0
    @Flag(help: "Look at everything, however old.") var all = false

    func validate() throws {
        guard hours > 0, hours < 1_000_000 else {
            throw ValidationError("--hours is more than 0 and less than 1000000.")
        }
    }

    /// A thousand years.
    private static let always = Duration.seconds(31_557_600_000)

    func run() async throws {
        let window = all ? Self.always : .seconds(hours * 3600)
        let breaches = try await database.withPool { pool in
            try await PostgresJobStore(pool: pool).audit(of: window)
        }
        for invariant in Invariant.allCases {
            let found = breaches.filter { $0.invariant == invariant }
            Output.line("\(found.isEmpty ? "ok    " : "BROKEN") \(invariant.promise)")
            for breach in found {
                Output.line("       \(breach.subject)  \(breach.detail.printable)")
            }
        }
        if !breaches.isEmpty { throw ExitCode.failure }
    }
}
