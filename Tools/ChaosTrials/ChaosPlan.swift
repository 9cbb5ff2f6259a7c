// ChaosTrials: runs in which documents flow while everything around them fails.
//
// Invariants: a run ends every process and server that it started. Once all jobs have ended, the
// acknowledgements that clients received are compared with the rows.
// Neighbours: the command chaos and the validation run it; TestCluster starts the programs.

/// The parameters of a run.
package struct ChaosPlan: Sendable {
    package var programs: String
    package var runtime: String
    package var directory: String
    package var kafkaHome: String?
    package var kafkaBrokers: String?
    package var duration: Duration
    /// Mean time between two faults.
    package var meanPause: Duration
    /// Documents uploaded per second.
    package var rate: Double
    package var seed: UInt64
    /// Whether killing programs is the only fault, so that a run settles within seconds.
    package var hasKillsAlone = false

    package init(
        programs: String, runtime: String, directory: String, kafkaHome: String?,
        kafkaBrokers: String?, duration: Duration, meanPause: Duration, rate: Double, seed: UInt64
    ) {
        self.programs = programs
        self.runtime = runtime
        self.directory = directory
        self.kafkaHome = kafkaHome
        self.kafkaBrokers = kafkaBrokers
        self.duration = duration
        self.meanPause = meanPause
        self.rate = rate
        self.seed = seed
    }

    /// Short, so that many leases expire during a run.
    static let lease = Duration.seconds(5)

    /// The environment of every program.
    static let settings = [
        "MILLRACE_LEASE": "5s", "MILLRACE_HEARTBEAT_INTERVAL": "1500ms",
        "MILLRACE_RETRY_BASE": "500ms",
        "MILLRACE_RETRY_CAP": "5s", "MILLRACE_IDLE_WAIT": "500ms", "MILLRACE_DRAIN_GRACE": "5s",
        "MILLRACE_POSTGRES_CONNECTIONS": "4", "MILLRACE_LOOKUP_CONNECTIONS": "1",
        "MILLRACE_EMBEDDER": "openai", "MILLRACE_OPENAI_TIMEOUT": "2s",
        // A document can meet many faults that it did not cause.
        "MILLRACE_MAX_ATTEMPTS": "20",
        // The embedded broker rebalances only after a session timeout.
        "MILLRACE_KAFKA_PROPERTIES":
            "session.timeout.ms=6000;heartbeat.interval.ms=500;reconnect.backoff.max.ms=500",
    ]

    /// Faults of the embedding provider, as shares of its responses.
    var providerFaults: String { hasKillsAlone ? "" : Self.allProviderFaults }

    private static let allProviderFaults = """
        rate_limit=0.03,overloaded=0.02,server_error=0.02,hang=0.01,reset=0.02,garbage=0.01,\
        short=0.01,reordered=0.02,repeated_index=0.01,wrong_width=0.01,not_a_number=0.01,zeros=0.01
        """
}
