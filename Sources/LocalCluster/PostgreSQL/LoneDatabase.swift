/// Runs only the database of a stopped cluster, for the duration of a command.
package struct LoneDatabase: Sendable {
    private let layout: ClusterLayout

    package init(of layout: ClusterLayout) { self.layout = layout }

    /// Runs a command while the database is up. The database is created if the cluster is new.
    ///
    /// - Parameters:
    ///   - command: receives the owner's URL and the folder of blobs.
    ///   - signals: takes over the signals that `AttendedCommand` needs.
    /// - Returns: the command's exit code.
    /// - Throws: `isUp` when the cluster is running.
    package func run(
        _ signals: Signals, _ command: (_ url: String, _ blobs: String) -> AttendedCommand
    ) throws(ClusterError) -> Int32 {
        try layout.makeDirectories()
        guard let lock = try SupervisorLock(layout) else { throw .isUp(layout.root) }
        defer { withExtendedLifetime(lock) {} }
        let old = try ClusterRecord.read(layout)
        let record = try ClusterRecord.prepare(
            layout, size: old?.size ?? ClusterSize(),
            processes: old.map { Array($0.adminPorts.keys) } ?? [])
        let server = try EmbeddedPostgres(
            runtime: layout.runtime + "/postgres", directory: layout.postgres,
            port: record.postgresPort, password: record.postgresPassword,
            log: layout.log(of: "postgres"))
        let process = try server.start()
        do throws(ClusterError) {
            let code = try command(server.url, layout.blobs).run(signals)
            try server.stop(process)
            return code
        } catch {
            try server.stop(process)
            throw error
        }
    }
}
