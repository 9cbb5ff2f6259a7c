import Glibc

/// The limits of one parse and of concurrent parses.
package struct ParserLimits: Sendable, Equatable {
    /// Address space of the child, in MiB.
    package var memoryMB: Int
    /// Processor time of the child, in seconds.
    package var cpuSeconds: Int
    /// Maximum time from the child's start to its end.
    package var wallClock: Duration
    /// Maximum Markdown per document, in bytes.
    package var outputBytesMax: Int
    /// Maximum concurrent children. Further documents wait.
    package var concurrentMax: Int

    package init(
        memoryMB: Int = 1024, cpuSeconds: Int = 30, wallClock: Duration = .seconds(120),
        outputBytesMax: Int = 128 << 20, concurrentMax: Int = Self.processors
    ) {
        self.memoryMB = memoryMB
        self.cpuSeconds = cpuSeconds
        self.wallClock = wallClock
        self.outputBytesMax = outputBytesMax
        self.concurrentMax = concurrentMax
    }

    /// Number of online processors, at least 2.
    package static var processors: Int { max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
