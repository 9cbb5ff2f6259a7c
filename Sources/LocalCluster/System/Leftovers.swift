import Glibc

/// Ends processes of a cluster whose supervisor is gone.
struct Leftovers {
    let state: ClusterState

    /// Ends the programs in reverse start order, then the database; returns their names.
    func end(grace: Double = 15) throws(ClusterError) -> [String] {
        let alive = state.processes.reversed().filter { $0.identity.isAlive }
        let programs = alive.filter { !$0.isDatabase }
        for process in programs { process.identity.signal(SIGTERM) }
        if !waitUntil(within: grace, { programs.allSatisfy { !$0.identity.isAlive } }) {
            for process in programs { process.identity.signal(SIGKILL) }
        }
        let databases = alive.filter(\.isDatabase)
        for database in databases { database.identity.signal(SIGINT) }
        if !waitUntil(within: 60, { databases.allSatisfy { !$0.identity.isAlive } }) {
            for database in databases { database.identity.signal(SIGQUIT) }
        }
        _ = waitUntil(within: 10) { alive.allSatisfy { !$0.identity.isAlive } }
        let left = alive.filter { $0.identity.isAlive }.map(\.name)
        guard left.isEmpty else { throw .stillRunning(left) }
        return alive.map(\.name)
    }
}
