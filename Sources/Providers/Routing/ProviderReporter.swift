import Concurrency
package import Logging
package import Pipeline
package import ServiceLifecycle

/// Reports the state of the providers every 10 seconds, for `/v1/pipeline` and `millrace status`.
package struct ProviderReporter: Service {
    private let states: @Sendable () -> [ProviderState]
    private let reports: any ProviderReports
    private let worker: WorkerName
    private let timing: Timing
    private let logger: Logger

    private static let interval = Duration.seconds(10)

    package init(
        _ states: @escaping @Sendable () -> [ProviderState], to reports: any ProviderReports,
        as worker: WorkerName,
        timing: Timing = .machine, logger: Logger
    ) {
        self.states = states
        self.reports = reports
        self.worker = worker
        self.timing = timing
        self.logger = logger
    }

    package func run() async {
        await untilGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await reports.report(states(), of: worker)
                } catch {
                    logger.warning(
                        "cannot report the state of the providers", metadata: ["error": "\(error)"])
                }
                await timing.sleep(Self.interval)
            }
        }
    }
}
