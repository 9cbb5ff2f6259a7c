/// The supervisor's state, written to a file at every change.
package struct ClusterState: Sendable, Equatable, Codable {
    package enum Phase: String, Sendable, Codable { case starting, ready, stopping, failed }

    package var phase: Phase
    /// The current step, or why it failed.
    package var message: String
    package var supervisor: ProcessIdentity
    /// In start order.
    package var processes: [Process]

    package struct Process: Sendable, Equatable, Codable {
        package var name: String
        package var identity: ProcessIdentity
        package var adminPort: Int?
        package var restarts: Int
        /// True for the database server, which is shut down differently from our programs.
        package var isDatabase: Bool
    }

    /// Whether any of the cluster's programs was rebuilt since it started.
    var isOutdated: Bool {
        ([supervisor] + processes.filter { !$0.isDatabase }.map(\.identity))
            .contains(where: \.isOutdated)
    }

    /// The recorded state; `nil` when nothing was started here, or everything was stopped.
    package static func read(_ layout: ClusterLayout) throws(ClusterError) -> ClusterState? {
        guard Files.exists(layout.stateFile) else { return nil }
        return try JSONFile.read(layout.stateFile)
    }

    func write(_ layout: ClusterLayout) throws(ClusterError) {
        try JSONFile.write(self, to: layout.stateFile)
    }
}
