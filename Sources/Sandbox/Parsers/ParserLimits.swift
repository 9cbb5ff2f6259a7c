import Glibc

/// What one parse may use, and how many may run.
package struct ParserLimits: Sendable, Equatable {
    /// Address space of the child, in MiB.
    package var memoryMB: Int
    /// Processor time of the child, in seconds.
    package var cpuSeconds: Int
    /// Time from the child's start to its end.
    package var wallClock: Duration
    /// Bytes of Markdown a document may give.
    package var outputBytesMax: Int
    /// Children at a time; further documents wait.
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

    /// Processors at hand, at least 2.
    package static var processors: Int { max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
