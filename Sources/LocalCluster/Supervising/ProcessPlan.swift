import Domain
import Glibc

/// The processes of a cluster and their environments, which are defined only here.
package struct ProcessPlan: Sendable {
    /// A group of processes that start together, in start order.
    package enum Tier: Int, Sendable, Comparable, CaseIterable {
        case broker, programs

        package static func < (a: Tier, b: Tier) -> Bool { a.rawValue < b.rawValue }
    }

    package struct Entry: Sendable, Equatable {
        package let name: String
        /// Name of an executable in the folder of the programs, or an absolute path.
        package let program: String
        package let arguments: [String]
        package let tier: Tier
        /// The database user; `nil` when it does not use the database.
        package let user: DatabaseUser?

        /// - Parameter user: `nil` for the one with the program's name, if it exists.
        package init(
            _ name: String, program: String, arguments: [String] = [], tier: Tier = .programs,
            user: DatabaseUser? = nil
        ) {
            self.name = name
            self.program = program
            self.arguments = arguments
            self.tier = tier
            self.user = user ?? DatabaseUser(rawValue: program)
        }
    }

    package let entries: [Entry]
    /// Number of threads per embed-worker, so that all of them together use each processor once.
    let embedThreads: Int
    /// A Kafka outside the cluster, as bootstrap servers; `nil` for the embedded broker.
    let kafkaBrokers: String?

    package init(entries: [Entry]) {
        self.entries = entries
        kafkaBrokers = nil
        embedThreads = 1
    }

    package init(size: ClusterSize, kafkaBrokers: String? = nil) {
        self.kafkaBrokers = kafkaBrokers
        embedThreads = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)) / max(1, size.embedWorkers))
        let broker = Entry(
            ProgramName.embeddedBroker.rawValue, program: ProgramName.embeddedBroker.rawValue,
            tier: .broker)
        entries =
            (kafkaBrokers == nil ? [broker] : [])
            + ProgramName.pipeline.flatMap { Self.entries(of: $0, in: size) }
    }

    /// The processes of a program, numbered if the program can have several.
    private static func entries(of program: ProgramName, in size: ClusterSize) -> [Entry] {
        let count: Int
        switch program {
        case .ingestAPI, .reconciler:
            return [Entry(program.rawValue, program: program.rawValue)]
        case .parseWorker: count = size.parseWorkers
        case .chunkWorker: count = size.chunkWorkers
        case .embedWorker: count = size.embedWorkers
        case .flusher: count = size.flushers
        case .millrace, .embeddedBroker: return []
        }
        return (1...max(1, count)).prefix(count).map {
            Entry("\(program.rawValue)-\($0)", program: program.rawValue)
        }
    }

    /// The environment of a process: ours, overridden by the cluster's settings.
    func environment(
        of entry: Entry, record: ClusterRecord, layout: ClusterLayout, inherited: [String: String]
    ) -> [String: String] {
        var variables = inherited
        variables["MILLRACE_LOG_LEVEL"] = inherited["MILLRACE_LOG_LEVEL"] ?? "info"
        let miniLM = layout.runtime + "/minilm"
        variables["MILLRACE_MINILM_PATH"] =
            inherited["MILLRACE_MINILM_PATH"]
            ?? (Files.exists(miniLM + "/model.safetensors") ? miniLM : nil)
        variables["MILLRACE_E5_PATH"] = inherited["MILLRACE_E5_PATH"] ?? layout.runtime + "/e5"
        variables["MILLRACE_CL100K_PATH"] =
            inherited["MILLRACE_CL100K_PATH"] ?? layout.runtime + "/cl100k/cl100k_base.tiktoken"
        variables["MILLRACE_PDFIUM_PATH"] =
            inherited["MILLRACE_PDFIUM_PATH"] ?? layout.runtime + "/pdfium/libpdfium.so"
        variables["MILLRACE_EMBED_THREADS"] =
            inherited["MILLRACE_EMBED_THREADS"] ?? "\(embedThreads)"
        variables["MILLRACE_PARSE_SANDBOX_PATH"] = layout.program("parse-sandbox")
        variables["MILLRACE_POSTGRES_URL"] = entry.user.map { record.postgresURL(of: $0) }
        variables["MILLRACE_LOGINS"] = entry.user == .owner ? record.logins : nil
        variables["MILLRACE_LOGINS_FILE"] = nil
        variables["MILLRACE_KAFKA_BROKERS"] = kafkaBrokers ?? "127.0.0.1:\(record.brokerPort)"
        variables["MILLRACE_BLOB_ROOT"] = layout.blobs
        variables["MILLRACE_ADMIN_PORT"] = record.adminPorts[entry.name].map { "\($0)" }
        variables["MILLRACE_OPERATIONS_POSTGRES_URL"] = nil
        for variable in Self.tokenVariables { variables[variable] = nil }
        if entry.user == .ingestAPI {
            setAccess(in: &variables, record: record, layout: layout, inherited: inherited)
        }
        variables["MILLRACE_HTTP_HOST"] = "127.0.0.1"
        variables["MILLRACE_HTTP_PORT"] = "\(record.httpPort)"
        variables["MILLRACE_BROKER_PORT"] = "\(record.brokerPort)"
        variables["MILLRACE_BROKER_TOPICS"] =
            "millrace.parse,millrace.chunk,millrace.embed,millrace.flush,millrace.deadletter"
        variables["MILLRACE_BROKER_PARTITIONS"] =
            inherited["MILLRACE_BROKER_PARTITIONS"] ?? "8"
        return variables
    }

    /// The callers of the API: tenants as configured, and the operator of this cluster.
    private func setAccess(
        in variables: inout [String: String], record: ClusterRecord, layout: ClusterLayout,
        inherited: [String: String]
    ) {
        variables["MILLRACE_OPERATIONS_POSTGRES_URL"] = record.postgresURL(of: .operator)
        // With tokens configured, anonymous requests are refused unless a tenant is set for them.
        let hasTokens = Self.tokenVariables.contains { !(inherited[$0] ?? "").isEmpty }
        variables["MILLRACE_ANONYMOUS_TENANT"] =
            inherited["MILLRACE_ANONYMOUS_TENANT"]
            ?? (hasTokens ? nil : "00000000-0000-4000-8000-000000000001")
        variables["MILLRACE_TOKENS_FILE"] = layout.tokensFile
    }

    private static let tokenVariables = ["MILLRACE_TOKENS", "MILLRACE_TOKENS_FILE"]

    /// The lines of `ClusterLayout.tokensFile`. A file, because one variable of the environment is
    /// at most 128 KiB.
    ///
    /// - Throws: when the given file cannot be read.
    static func tokens(
        _ record: ClusterRecord, inherited: [String: String]
    ) throws(ClusterError) -> String {
        var given = inherited["MILLRACE_TOKENS"] ?? ""
        if given.isEmpty, let file = inherited["MILLRACE_TOKENS_FILE"], !file.isEmpty {
            guard let text = Files.read(file) else {
                throw .system("read the file of MILLRACE_TOKENS_FILE, \(file)")
            }
            given = text
        }
        return [given, record.operatorTokenLine ?? ""]
            .filter { !$0.isEmpty }.joined(separator: "\n")
    }
}
