// ChaosTrials: runs in which documents flow while everything around them fails.
//
// Invariants: a run ends every process and server it started; what clients were told is compared
// with the rows once all jobs have ended.
// Neighbours: the command chaos and the validation, which run it; TestCluster, which starts programs.

/// What a run shall be.
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
    /// Whether programs are killed and nothing else fails, so that a run settles within seconds.
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

    /// Short, so that a run sees many of them expire.
    static let lease = Duration.seconds(5)

    /// What every program finds in its environment.
    static let settings = [
        "MILLRACE_LEASE": "5s", "MILLRACE_HEARTBEAT": "1500ms", "MILLRACE_RETRY_BASE": "500ms",
        "MILLRACE_RETRY_CAP": "5s", "MILLRACE_IDLE_WAIT": "500ms", "MILLRACE_DRAIN_GRACE": "5s",
        "MILLRACE_POSTGRES_CONNECTIONS": "4", "MILLRACE_LOOKUP_CONNECTIONS": "1",
        "MILLRACE_EMBEDDER": "openai", "MILLRACE_OPENAI_TIMEOUT": "2s",
        // A document may meet many faults that are none of its own.
        "MILLRACE_ATTEMPTS": "20",
        // The embedded broker rebalances once a member could have timed out.
        "MILLRACE_KAFKA_PROPERTIES":
            "session.timeout.ms=6000;heartbeat.interval.ms=500;reconnect.backoff.max.ms=500",
    ]

    /// Shares of the embedding provider's answers.
    var providerFaults: String { hasKillsAlone ? "" : Self.allProviderFaults }

    private static let allProviderFaults = """
        rate_limit=0.03,overloaded=0.02,server_error=0.02,hang=0.01,reset=0.02,garbage=0.01,\
        short=0.01,reordered=0.02,repeated_index=0.01,wrong_width=0.01,not_a_number=0.01,zeros=0.01
        """
}
