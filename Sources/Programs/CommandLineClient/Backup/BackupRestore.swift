import ArgumentParser
import Backups
import LocalCluster
import FoundationEssentials

/// `millrace backup restore`
struct BackupRestore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Restores a backup into a new cluster, whose programs are not running.",
        discussion: """
            Stop the old cluster first. Without a URL the new cluster is one of this machine that \
            is down: --directory may be new. The database must be empty, and the store may not \
            have documents that the backup does not have. A restore that was interrupted is run \
            again.
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var programs: PostgresProgramsOptions
    @Flag(
        help: """
            Restore although the store has documents that the backup does not have. The reconciler \
            deletes them later: use it only if no other cluster has this store.
            """)
    var overExistingBlobs = false
    @Argument(help: "The folder of the backup.") var folder: String

    func run() async throws {
        guard database.givenURL == nil else { return try await restore() }
        let layout = database.cluster.layout
        var words = [ClusterOptions.executable, "backup", "restore", folder]
        words += ["--directory", layout.root]
        words += programs.folder.map { ["--postgres-programs", $0] } ?? []
        words += overExistingBlobs ? ["--over-existing-blobs"] : []
        let command = words
        let code = try await onOwnThread { () throws(ClusterError) in
            try LoneDatabase(of: layout).run(try Signals(AttendedCommand.signals)) { url, blobs in
                var environment = ProcessInfo.processInfo.environment
                environment["MILLRACE_POSTGRES_URL"] = url
                environment["MILLRACE_BLOB_ROOT"] = blobs
                return AttendedCommand(command, environment: environment)
            }
        }
        guard code == 0 else { throw ExitCode(code) }
    }

    private func restore() async throws {
        let tools = try programs.tools(database.cluster)
        let storage = try database.storage()
        let manifest = try await database.withPool(as: .owner) {
            try await RestoreRun(
                of: BackupFolder(folder), into: $0, storage.store, with: tools,
                keepsOtherBlobs: overExistingBlobs, report: { Output.line($0.printable) }
            ).run()
        }
        Output.line("The backup is restored. \(manifest.summary)")
        if manifest.missingBlobs > 0 {
            Output.line(
                "\(manifest.missingBlobs) blobs were missing when it was taken; "
                    + "the audit shows them.")
        }
        Output.line("Start the programs, then check: millrace audit --all --blobs")
    }
}
