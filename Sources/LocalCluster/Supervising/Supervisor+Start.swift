import Glibc

extension Supervisor {
    /// Starts PostgreSQL, migrates the schema, starts the broker, then all programs. Each step
    /// waits until the previous one is ready.
    func startAll() throws(ClusterError) {
        let record = try ClusterRecord.prepare(
            layout, size: size, httpPort: httpPort, processes: plan.entries.map(\.name))
        self.record = record
        let wanted = record.wantedHTTPPort ?? ClusterRecord.defaultHTTPPort
        if record.httpPort != wanted {
            report("port \(wanted) is in use; the API uses port \(record.httpPort) instead")
        }
        try Files.replace(
            layout.tokensFile, with: ProcessPlan.tokens(record, inherited: inherited).utf8)
        try startPostgres(record)
        try runMigrations(record)
        for tier in ProcessPlan.Tier.allCases {
            let entries = plan.entries.filter { $0.tier == tier }
            guard !entries.isEmpty else { continue }
            try setPhase(.starting, "starting \(entries.map(\.name).joined(separator: ", "))")
            for entry in entries {
                children.append(Supervised(name: entry.name, entry: entry))
                try start(children.count - 1)
            }
            try writeState()
            try waitUntilReady(entries)
        }
    }

    private func startPostgres(_ record: ClusterRecord) throws(ClusterError) {
        try setPhase(.starting, "starting PostgreSQL")
        let postgres = try EmbeddedPostgres(
            runtime: layout.runtime + "/postgres", directory: layout.postgres,
            port: record.postgresPort, password: record.postgresPassword,
            log: layout.log(of: "postgres"))
        self.postgres = postgres
        let process = try postgres.start(within: limits.recovery) { stopRequested() }
        children.append(Supervised(name: "postgres", entry: nil, process: process))
        try writeState()
    }

    private func runMigrations(_ record: ClusterRecord) throws(ClusterError) {
        guard let migrate else { return }
        try setPhase(.starting, "migrating the schema")
        let child = try ChildProcess.start(specification(of: migrate, record: record))
        _ = waitUntil(within: limits.migrate) { child.poll() != nil || stopRequested() }
        guard let exit = child.poll() else {
            child.signal(SIGKILL)
            _ = child.wait(seconds: 5)
            if stopRequested() { throw .stopped }
            throw failure(of: migrate.name, "took more than \(Int(limits.migrate)) s")
        }
        guard exit == .code(0) else { throw failure(of: migrate.name, "\(exit)") }
    }

    /// Starts or restarts the process at this index.
    func start(_ index: Int) throws(ClusterError) {
        guard let record else { return }
        if let entry = children[index].entry {
            children[index].process = try ChildProcess.start(
                specification(of: entry, record: record))
        } else if let postgres {
            children[index].process = try postgres.start(within: limits.recovery) {
                stopRequested()
            }
        }
        children[index].startedAt = monotonicSeconds()
    }

    private func specification(
        of entry: ProcessPlan.Entry, record: ClusterRecord
    ) -> ProcessSpecification {
        let isPath = entry.program.hasPrefix("/")
        var specification = ProcessSpecification(
            executable: isPath ? entry.program : layout.program(entry.program),
            arguments: entry.arguments,
            environment: plan.environment(
                of: entry, record: record, layout: layout, inherited: inherited),
            log: layout.log(of: entry.name))
        specification.deathSignal = .terminate
        return specification
    }

    private func waitUntilReady(_ entries: [ProcessPlan.Entry]) throws(ClusterError) {
        var waiting = Set(entries.map(\.name))
        let end = monotonicSeconds() + limits.ready
        while !waiting.isEmpty {
            if stopRequested(milliseconds: 50) { throw .stopped }
            for child in children where waiting.contains(child.name) {
                if let exit = child.process?.poll() { throw failure(of: child.name, "\(exit)") }
                if isReady(child.name) { waiting.remove(child.name) }
            }
            if monotonicSeconds() > end, let name = waiting.sorted().first {
                throw failure(of: name, "was not ready after \(Int(limits.ready)) s")
            }
        }
    }

    private func isReady(_ name: String) -> Bool {
        guard let port = record?.adminPorts[name] else { return true }
        return Probe.status(port: port, path: "/readyz") == 200
    }

    private func failure(of name: String, _ reason: String) -> ClusterError {
        let log = layout.log(of: name)
        let tail = Files.tail(log, lines: 5)
        return .program(
            name: name, reason: reason, log: tail.isEmpty ? log : "\(log), which ends:\n\(tail)")
    }
}
