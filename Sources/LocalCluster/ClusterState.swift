/// What the supervisor tells about itself; replaced whenever something changes.
package struct ClusterState: Sendable, Equatable, Codable {
    package enum Phase: String, Sendable, Codable { case starting, ready, stopping, failed }

    package var phase: Phase
    /// What it is at, or why it failed.
    package var message: String
    package var supervisor: ProcessIdentity
    /// In the order of their start.
    package var processes: [Process]

    package struct Process: Sendable, Equatable, Codable {
        package var name: String
        package var identity: ProcessIdentity
        package var adminPort: Int?
        package var restarts: Int
        /// Not a program of ours but the database server, which is ended its own way.
        package var isDatabase: Bool
    }

    /// Whether programs of it were built anew since they were started.
    var isOutdated: Bool {
        ([supervisor] + processes.filter { !$0.isDatabase }.map(\.identity))
            .contains(where: \.isOutdated)
    }

    /// The state on record; `nil` when nothing was started here, or all was stopped.
    package static func read(_ layout: ClusterLayout) throws(ClusterError) -> ClusterState? {
        guard Files.exists(layout.stateFile) else { return nil }
        return try JSONFile.read(layout.stateFile)
    }

    func write(_ layout: ClusterLayout) throws(ClusterError) {
        try JSONFile.write(self, to: layout.stateFile)
    }
}
