import CataloguePostgres
import Concurrency
import Domain
import Hummingbird
import Logging
import ProgramFrame
import Parsers
import Pipeline
import Postgres
import ProviderSetup
import Serving
import ServiceLifecycle
import Uploading
import Wiring

/// Accepts documents, reports their status, serves search.
enum IngestAPI {
    static let host = Setting.text(
        "http-host", "Address that the API listens on", default: "127.0.0.1")
    static let port = Setting.number(
        "http-port", "Port of the API; with any, a free one, which is logged", or: "any",
        default: 8080, in: 1...65535)
    static let tokens = Setting.optionalText(
        "tokens",
        "Bearer tokens: one line per token with the tenant's UUID, or 'operator' or "
            + "'operator/NAME', and the token's SHA-256 in hex", isSecret: true)
    static let anonymousTenant = Setting<TenantID?>(
        "anonymous-tenant",
        "Tenant (a UUID) of requests without a token from programs of this machine. Without it, "
            + "such requests are refused",
        default: ""
    ) { text throws(SettingFault) in
        if text.isEmpty { return nil }
        guard let tenant = TenantID(text) else {
            throw SettingFault("must be a UUID, not '\(text)'")
        }
        return tenant
    }
    static let documentBytes = Setting.number(
        "max-document-bytes", "Maximum size of a document, in bytes", default: 100 << 20,
        in: 1...(4 << 30))
    static let uploads = Setting.number(
        "max-uploads",
        "Maximum number of concurrent uploads. One tenant can have at most as many as are free",
        default: 64, in: 1...10_000)
    static let uploadRate = Setting.number(
        "min-upload-rate",
        "Minimum average rate of an upload after its first 10 s, in bytes per second",
        default: 4096, in: 1...1_000_000_000)
    static let uploadTime = Setting.time(
        "upload-timeout", "Time within which an upload must arrive", default: "30m")
    static let storageReserve = Setting.number(
        "storage-reserve-mb",
        "Free space in MiB below which uploads are refused, so that accepted documents can still "
            + "be processed; for --blobs local", default: 512, in: 0...1_000_000)
    static let searches = Setting.number(
        "max-searches",
        "Maximum number of concurrent searches. One tenant can have at most as many as are free",
        default: 16, in: 1...10_000)
    static let searchTime = Setting.time(
        "search-timeout", "Time limit of a search in the database", default: "5s")
    static let searchConnections = Setting.number(
        "search-connections", "Maximum number of connections to PostgreSQL for searches",
        default: 8,
        in: 1...1000)
    static let lookupConnections = Setting.number(
        "lookup-connections",
        "Maximum number of connections to PostgreSQL for reading jobs, documents and chunks",
        default: 4, in: 1...1000)
    static let attempts = Setting.number(
        "max-attempts",
        "Attempts at each stage of a new job before the job becomes a dead letter",
        default: 5, in: 1...1000)
    static let idleTime = Setting.time(
        "http-idle-timeout", "Time after which an idle connection is closed", default: "2m")

    private static let apiSettings: [any SettingDeclaration] = [
        host, port, tokens, anonymousTenant, documentBytes, uploads, uploadRate, uploadTime,
        storageReserve, searches, searchTime, searchConnections, lookupConnections, attempts,
        idleTime,
    ]

    static func main() async {
        let program = Program(
            "ingest-api", "accepts documents, reports their status, serves search",
            settings: apiSettings + OperationsSettings.declared + ProviderSettings.ofWebhooks
                + BlobSettings.declared + ProviderSettings.ofEmbedders + Shared.postgres
                + Shared.kafka)
        await program.run { context in
            let connections = try Connections(context)
            let settings = context.settings
            let lookups = Connections.pool(
                context, connectionsMax: settings[lookupConnections])
            let searches = Connections.pool(
                context, connectionsMax: settings[searchConnections],
                statementTimeout: settings[searchTime])
            let hints = HintOutbox(connections.sender, logger: context.logger)
            let built = try ProviderSettings.embedder(context, connections)
            let operations = OperationsSettings.parts(context)
            let catalogue = PostgresCatalogue(
                pool: connections.pool, lookups: lookups, searches: searches,
                attemptsMax: settings[attempts])
            // Services stop in the reverse order, so the pools are closed after the server.
            let pools: [any Service] = [
                connections, CloseAtShutdown { await lookups.close() },
                CloseAtShutdown { await searches.close() },
            ]
            return pools + (operations?.services ?? []) + [
                HintDelivery(hints),
                try server(
                    context, catalogue: catalogue, hints: hints, embedder: built.embedder,
                    operations: operations?.setup),
            ] + built.services
        }
    }

    private static func server(
        _ context: Program.Context, catalogue: PostgresCatalogue, hints: HintOutbox,
        embedder: any Embedder, operations: OperationsSetup?
    ) throws -> some Service {
        let settings = context.settings
        let tenants = try Tenants(
            tokens: settings[tokens] ?? "", anonymous: settings[anonymousTenant])
        if tenants.isEmpty {
            context.logger.warning(
                "every request will be refused: neither tokens nor an anonymous tenant is set")
        }
        let api = ServingAPI(
            tenants: tenants, stores: .init(catalogue), blobs: try BlobSettings.store(settings),
            inspector: FileInspector(), hints: hints, embedder: embedder,
            webhooks: ProviderSettings.webhooks(settings), operations: operations,
            uploadLimits: UploadLimits(
                documentBytesMax: settings[documentBytes], concurrentMax: settings[uploads],
                arrival: ArrivalLimits(
                    bytesPerSecond: settings[uploadRate], total: settings[uploadTime]),
                storageReserveBytes: settings[storageReserve] << 20),
            searchesMax: settings[searches])
        var quiet = context.logger
        quiet.logLevel = max(quiet.logLevel, .notice)
        return Application(
            router: api.router,
            server: ServingAPI.server(idleTimeout: settings[idleTime]),
            configuration: .init(
                address: .hostname(settings[host], port: settings[port] ?? 0),
                serverName: "millrace"),
            onServerRunning: { [logger = context.logger] channel in
                let address = channel.localAddress.map { "\($0)" } ?? ""
                logger.info("the API listens", metadata: ["address": "\(address)"])
            }, logger: quiet)
    }
}

/// Sends the hints of accepted uploads until shutdown, then the remaining ones.
private struct HintDelivery: Service {
    private let hints: HintOutbox
    init(_ hints: HintOutbox) { self.hints = hints }

    func run() async {
        await withGracefulShutdownHandler {
            await hints.run()
        } onGracefulShutdown: {
            hints.finish()
        }
    }
}
