import ProgramFrame
import Reconciling
import Wiring

/// Recovers lost hints, dead claims and due retries, deletes orphaned blobs, and audits.
enum ReconcilerProgram {
    static let auditInterval = Setting.time(
        "audit-interval", "Time between audits of the invariants", default: "60s")
    static let orphanAge = Setting.time(
        "orphan-age", "Age from which a blob without a document is deleted; at least 1h",
        default: "1h")

    static func main() async {
        let program = Program(
            "reconciler",
            "re-sends lost hints, ends dead claims, re-queues due retries, deletes orphans, audits",
            settings: Shared.postgres + Shared.kafka + Shared.retry + BlobSettings.declared
                + [auditInterval, orphanAge])
        await program.run { context in
            let settings = context.settings
            // A direct upload may be in the store for 45 minutes before a document references it.
            guard settings[orphanAge] >= .seconds(3600) else {
                throw SettingFault("--orphan-age must be at least 1h")
            }
            let connections = try Connections(context)
            let reconciler = Reconciler(
                store: connections.store, sender: connections.sender,
                blobs: try BlobSettings.store(settings),
                configuration: .init(
                    auditInterval: settings[auditInterval], orphanAge: settings[orphanAge],
                    retry: Shared.retryPolicy(settings)),
                logger: context.logger)
            return [connections, reconciler]
        }
    }
}
