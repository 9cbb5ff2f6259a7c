import ArgumentParser
import LocalCluster
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
    @Flag(
        help: """
            Also check that each blob that a document names is in the store, however old. The store \
            is that of MILLRACE_BLOBS, MILLRACE_BLOB_ROOT, MILLRACE_S3_BUCKET and so on. With --url, \
            log in as the reconciler or the owner, who may read the names.
            """)
    var blobs = false

    func validate() throws {
        guard hours > 0, hours < 1_000_000 else {
            throw ValidationError("--hours is more than 0 and less than 1000000.")
        }
    }

    /// A thousand years.
    private static let always = Duration.seconds(31_557_600_000)

    func run() async throws {
        let window = all ? Self.always : .seconds(hours * 3600)
        let storage = blobs ? try database.storage() : nil
        let user: DatabaseUser = blobs ? .reconciler : .operator
        let (breaches, finding) = try await database.withPool(as: user) { pool in
            try await audit(PostgresJobStore(pool: pool), of: window, storage)
        }
        for invariant in Invariant.allCases {
            let found = breaches.filter { $0.invariant == invariant }
            Output.line("\(found.isEmpty ? "ok    " : "BROKEN") \(invariant.promise)")
            for breach in found {
                Output.line("       \(breach.subject)  \(breach.detail.printable)")
            }
        }
        if let finding, let storage { Self.report(finding, in: storage) }
        if !breaches.isEmpty || finding?.missingCount ?? 0 > 0 { throw ExitCode.failure }
    }

    private func audit(
        _ store: PostgresJobStore, of window: Duration, _ storage: Storage?
    ) async throws -> ([Breach], BlobAudit.Finding?) {
        let breaches = try await store.audit(of: window)
        guard let storage else { return (breaches, nil) }
        return (breaches, try await BlobAudit(names: store, blobs: storage.store).run())
    }

    private static func report(_ finding: BlobAudit.Finding, in storage: Storage) {
        let isSound = finding.missingCount == 0
        Output.line(
            "\(isSound ? "ok    " : "BROKEN") each blob that a document names is in the store "
                + "(\(finding.named - finding.missingCount) of \(finding.named) in \(storage.name))"
        )
        for missing in finding.missing { Output.line("       \(missing.printable)") }
    }
}
