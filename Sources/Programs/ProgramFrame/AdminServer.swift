package import Hummingbird
package import Logging

/// Serves `/livez`, `/readyz` and `/metrics` of a program.
package enum AdminServer {
    /// - Parameters:
    ///   - port: 0 for any free port, which the server logs.
    package static func make(
        host: String, port: Int, health: Health, metrics: PrometheusRegistry, logger: Logger
    ) -> some ApplicationProtocol {
        let router = Router()
        addRoutes(to: router, health: health, metrics: metrics)
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .notice)
        return Application(
            router: router, configuration: .init(address: .hostname(host, port: port)),
            onServerRunning: { channel in
                logger.info(
                    "admin endpoint listens",
                    metadata: ["host": "\(host)", "port": "\(channel.localAddress?.port ?? port)"])
            }, logger: quiet)
    }

    /// `/livez` checks nothing. `/readyz` responds 503 when a required dependency fails, and 200
    /// with the first line `degraded` when only a wanted one fails.
    package static func addRoutes<Context: RequestContext>(
        to router: Router<Context>, health: Health, metrics: PrometheusRegistry
    ) {
        router.get("livez") { _, _ in "ok\n" }
        router.get("readyz") { _, _ in
            let report = await health.report()
            return Response(
                status: report.isReady ? .ok : .serviceUnavailable,
                headers: [.contentType: "text/plain; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: report.text)))
        }
        router.get("metrics") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: metrics.render())))
        }
    }
}
