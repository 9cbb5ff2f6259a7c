import CataloguePostgres
import Domain
import Hummingbird
import Logging
import ProgramFrame
import Parsers
import Pipeline
import Postgres
import Serving
import ServiceLifecycle
import Wiring

/// Accepts documents, reports their status, serves search.
enum IngestAPI {
    static let host = Setting.text("http-host", "Address of the API", standard: "127.0.0.1")
    static let port = Setting.number(
        "http-port", "Port of the API; 0 for a free one", standard: 8080, in: 0...65535)
    static let tokens = Setting.optionalText(
        "tokens", "Tokens: lines of a tenant's UUID and the SHA-256 of its token, in hex",
        isSecret: true)
    static let anonymousTenant = Setting<TenantID?>(
        "anonymous-tenant",
        "Tenant (a UUID) of requests without a token from programs of this machine; left out, "
            + "such requests are refused",
        standard: ""
    ) { text throws(SettingFault) in
        if text.isEmpty { return nil }
        guard let user = TenantID(text) else { throw SettingFault("'\(text)' is not a UUID") }
        return user
    }
    static let documentBytes = Setting.number(
        "document-bytes", "Largest document, in bytes", standard: 100 << 20, in: 1...(4 << 30))
    static let uploads = Setting.number(
        "uploads", "Uploads at once; a tenant gets at most as many as are free", standard: 64,
        in: 1...10_000)
    static let uploadRate = Setting.number(
        "upload-rate", "Least average bytes per second of an upload, after its first 10 s",
        standard: 4096, in: 1...1_000_000_000)
    static let uploadTime = Setting.time(
        "upload-time", "Longest time in which an upload must arrive", standard: "30m")
    static let storageReserve = Setting.number(
        "storage-reserve-mb",
        "MiB of free space below which uploads are refused, so that accepted documents can still "
            + "be processed; for documents in a folder", standard: 512, in: 0...1_000_000)
    static let searches = Setting.number(
        "searches", "Searches at once; a tenant gets at most as many as are free", standard: 16,
        in: 1...10_000)
    static let searchTime = Setting.time(
        "search-time", "Longest time of a search in the database", standard: "5s")
    static let searchConnections = Setting.number(
        "search-connections", "Most connections to PostgreSQL for searches", standard: 8,
        in: 1...1000)
    static let lookupConnections = Setting.number(
        "lookup-connections", "Most connections to PostgreSQL for jobs, documents and chunks",
        standard: 4, in: 1...1000)
    static let attempts = Setting.number(
        "attempts", "How often each stage of a new job is tried before it is a dead letter",
        standard: 5, in: 1...1000)
    static let idleTime = Setting.time(
        "http-idle", "How long a connection may be idle", standard: "2m")

    static func main() async {
        let program = Program(
            "ingest-api", "accepts documents, reports their status, serves search",
            settings: [
                host, port, tokens, anonymousTenant, documentBytes, uploads, uploadRate, uploadTime,
                storageReserve,
                searches, searchTime, searchConnections, lookupConnections, attempts, idleTime,
                Shared.llamaParseSecret,
            ] + BlobSettings.declared + EmbedderSettings.declared + Shared.postgres + Shared.kafka)
        await program.run { context in
            let connections = try Connections(context)
            let settings = context.settings
            let lookups = Connections.pool(
                context, connectionsMax: settings[lookupConnections])
            let searches = Connections.pool(
                context, connectionsMax: settings[searchConnections],
                statementTimeout: settings[searchTime])
            let hints = HintOutbox(connections.sender, logger: context.logger)
            let (embedder, services) = try EmbedderSettings.embedder(context, connections)
            let catalogue = PostgresCatalogue(
                pool: connections.pool, lookups: lookups, searches: searches,
                attemptsMax: settings[attempts])
            return [
                connections, PoolLifetime(lookups), PoolLifetime(searches), HintDelivery(hints),
                try server(context, catalogue, hints, embedder),
            ] + services
        }
    }

    private static func server(
        _ context: Program.Context, _ catalogue: PostgresCatalogue, _ hints: HintOutbox,
        _ embedder: any Embedder
    ) throws -> some Service {
        let settings = context.settings
        let tenants = try Tenants(
            tokens: settings[tokens] ?? "", anonymous: settings[anonymousTenant])
        if tenants.isEmpty {
            context.logger.warning(
                "every request will be refused: neither tokens nor an anonymous tenant is set")
        }
        let api = ServingAPI(
            tenants: tenants,
            catalogue: catalogue, blobs: try BlobSettings.store(settings),
            inspector: FileInspector(), hints: hints,
            embedder: embedder, parseEventSecret: settings[Shared.llamaParseSecret],
            limits: .init(
                documentBytesMax: settings[documentBytes], uploadsMax: settings[uploads],
                searchesMax: settings[searches],
                uploadArrival: ArrivalLimits(
                    bytesPerSecond: settings[uploadRate], total: settings[uploadTime]),
                storageReserve: settings[storageReserve] << 20))
        var quiet = context.logger
        quiet.logLevel = max(quiet.logLevel, .notice)
        return Application(
            router: api.router,
            server: ServingAPI.server(idleTimeout: settings[idleTime]),
            configuration: .init(
                address: .hostname(settings[host], port: settings[port]),
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
