import ArgumentParser
import Backups
import LocalCluster
import FoundationEssentials

/// `millrace backup`
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Backs up the database and the documents, checks backups and restores them.",
        discussion: """
            Without a URL the commands work on the cluster of this machine. With one (--url or \
            MILLRACE_POSTGRES_URL, as the database's owner) the documents are in the store that \
            MILLRACE_BLOBS, MILLRACE_BLOB_ROOT, MILLRACE_S3_BUCKET and so on name, as for the \
            programs.
            """,
        subcommands: [
            BackupCreate.self, BackupVerify.self, BackupRestore.self, BackupHold.self,
        ])
}

/// Options that locate PostgreSQL's programs.
struct PostgresProgramsOptions: ParsableArguments {
    @Option(
        name: .customLong("postgres-programs"),
        help: """
            Folder of pg_dump and pg_restore, as new as the server (MILLRACE_POSTGRES_PROGRAMS; \
            default: those of the runtime, else those on PATH).
            """)
    var folder: String?

    func tools(_ cluster: ClusterOptions) throws -> DatabaseTools {
        if let folder = folder ?? EnvironmentVariable.postgresPrograms.value {
            return try DatabaseTools(folders: [folder])
        }
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(
            String.init)
        return try DatabaseTools(folders: [cluster.layout.runtime + "/postgres/bin"] + path)
    }
}

/// `millrace backup create`
struct BackupCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Takes a backup of a running cluster into a folder.",
        discussion: """
            Dumps the database, then copies the documents that its rows name. The pipeline \
            continues to run. Deleted documents stay in the store until the backup has ended. Run \
            it again into the same folder to replace the backup: only new documents are copied, \
            and the old backup is kept until the new one is complete. A run that was interrupted \
            is completed by the next one. Exit code 1 when documents are missing from the store.
            """)

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var programs: PostgresProgramsOptions
    @Flag(
        help: """
            Replace a backup of another database in the folder, for example of the cluster that \
            this one was restored from.
            """)
    var replaceOther = false
    @Argument(help: "The folder; created when it does not exist.") var folder: String

    func run() async throws {
        let tools = try programs.tools(database.cluster)
        let storage = try database.storage()
        let manifest = try await database.withPool(as: .owner, idleTransactionTimeout: .zero) {
            try await BackupRun(
                from: $0, storage.store, to: BackupFolder(folder), with: tools,
                replacesOthers: replaceOther,
                report: { Output.line($0.printable) }
            ).run()
        }
        Output.line("The backup in \(folder) is complete. \(manifest.summary)")
        guard manifest.missingBlobs > 0 else { return }
        Output.line(
            "\(manifest.missingBlobs) blobs were missing from the store itself. "
                + "'millrace audit --blobs' lists them.")
        throw ExitCode.failure
    }
}

extension BackupManifest {
    /// A description of the backup for the user.
    var summary: String {
        "Documents: \(documents), of which \(unfinishedJobs) are being processed. Blobs: \(blobs), "
            + "\(blobBytes) bytes. As of \(takenAt)."
    }
}

/// `millrace backup verify`
struct BackupVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Reads a whole backup and compares it with its checksums.",
        discussion: "Exit code 1 when the backup is incomplete or damaged. Changes nothing.")

    @OptionGroup var cluster: ClusterOptions
    @OptionGroup var programs: PostgresProgramsOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The folder of the backup.") var folder: String

    func run() async throws {
        let finding = try await BackupCheck(
            of: BackupFolder(folder), with: try programs.tools(cluster)
        ).run()
        if output.json {
            try Output.json(Report(finding))
        } else {
            show(finding)
        }
        if !finding.faults.isEmpty { throw ExitCode(CommandStatus.failure.rawValue) }
    }

    private func show(_ finding: BackupCheck.Finding) {
        for fault in finding.faults {
            Output.line("\(output.style.bad("broken")) \(fault.printable)")
        }
        guard finding.faults.isEmpty else {
            return Output.line(
                "Remove the changed files, then run 'millrace backup create': it copies "
                    + "what the folder lacks.")
        }
        Output.line("The backup in \(folder) is complete and sound. \(finding.manifest.summary)")
        if finding.hasUnfinishedRun {
            Output.line("A later run did not end. 'millrace backup create' completes it.")
        }
    }

    /// The output with `--json`.
    private struct Report: Encodable {
        let isSound: Bool
        let faults: [String]
        let hasUnfinishedRun: Bool
        let backup: BackupManifest

        init(_ finding: BackupCheck.Finding) {
            isSound = finding.faults.isEmpty
            faults = finding.faults
            hasUnfinishedRun = finding.hasUnfinishedRun
            backup = finding.manifest
        }
    }
}
