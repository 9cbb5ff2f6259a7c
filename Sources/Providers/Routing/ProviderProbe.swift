import Concurrency
package import Pipeline
package import ServiceLifecycle

/// Probes the providers periodically. An unreachable provider is detected before a document needs
/// it, and a recovered one is tried before its breaker's time is over.
package struct ProviderProbe: Service {
    private let router: EmbedderRouter
    private let interval: Duration
    private let timing: Timing

    package init(
        _ router: EmbedderRouter, every interval: Duration, timing: Timing = .machine
    ) {
        self.router = router
        self.interval = interval
        self.timing = timing
    }

    package func run() async {
        await untilGracefulShutdown {
            while !Task.isCancelled {
                await router.probe()
                await timing.sleep(timing.jittered(interval))
            }
        }
    }
}
