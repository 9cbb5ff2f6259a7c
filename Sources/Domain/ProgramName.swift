/// The name of a program. All programs are one executable, which selects the program by the name it
/// is started under.
///
/// Lists of programs outside Swift are checked against this one (`OperatingFilesTests`).
package enum ProgramName: String, CaseIterable, Sendable {
    /// The command line.
    case millrace
    case ingestAPI = "ingest-api"
    case parseWorker = "parse-worker"
    case chunkWorker = "chunk-worker"
    case embedWorker = "embed-worker"
    case flusher, reconciler
    /// The Kafka broker of a local cluster.
    case embeddedBroker = "embedded-broker"

    /// The programs that process documents, in the order in which a document meets them. Each has
    /// a database role.
    package static let pipeline: [ProgramName] = [
        .ingestAPI, .parseWorker, .chunkWorker, .embedWorker, .flusher, .reconciler,
    ]
}
