package import Pipeline
package import ServiceLifecycle

/// Asks providers now and then how they are, so that one that is away is known before a document
/// needs it, and one that is back does not wait for its breaker's time.
package struct ProviderProbe: Service {
    private let router: EmbedderRouter
    private let interval: Duration
    private let surroundings: Surroundings

    package init(
        _ router: EmbedderRouter, every interval: Duration, surroundings: Surroundings = .machine
    ) {
        self.router = router
        self.interval = interval
        self.surroundings = surroundings
    }

    package func run() async {
        await untilGracefulShutdown {
            while !Task.isCancelled {
                await router.probe()
                await surroundings.sleep(interval * (0.9 + 0.2 * surroundings.random()))
            }
        }
    }
}
