import CataloguePostgres
import Domain
import Hummingbird
import Logging
import Operations
import Parsers
import Pipeline
import Postgres
import Serving
import ServiceLifecycle
import Wiring

/// Takes documents, tells of them, searches them.
enum IngestAPI {
    static let host = Setting.text("http-host", "Address of the API", standard: "127.0.0.1")
    static let port = Setting.number(
        "http-port", "Port of the API; 0 takes a free one", standard: 8080, in: 0...65535)
    static let tokens = Setting.optionalText(
        "tokens", "Who may ask: lines of a tenant's UUID and the SHA-256 of a token, in hex",
        isSecret: true)
    static let anonymousTenant = Setting<UserID?>(
        "anonymous-tenant",
        "Tenant (a UUID) of requests without a token from this machine; none refuses them",
        standard: ""
    ) { text throws(SettingFault) in
        if text.isEmpty { return nil }
        guard let user = UserID(text) else { throw SettingFault("'\(text)' is no UUID") }
        return user
    }
    static let documentBytes = Setting.number(
        "document-bytes", "Bytes a document may have", standard: 100 << 20, in: 1...(4 << 30))
    static let uploads = Setting.number(
        "uploads", "Uploads at once", standard: 64, in: 1...10_000)
    static let searches = Setting.number(
        "searches", "Searches at once", standard: 64, in: 1...10_000)
    static let lookupConnections = Setting.number(
        "lookup-connections", "Most connections to PostgreSQL for lookups and searches",
        standard: 8, in: 1...1000)
    static let attempts = Setting.number(
        "attempts", "How often each stage of a new job is tried before it is a dead letter",
        standard: 5, in: 1...1000)
    static let idleTime = Setting.time(
        "http-idle", "How long a connection may be idle", standard: "2m")

    static func main() async {
        let program = Program(
            "ingest-api", "takes documents, tells of them, searches them",
            settings: [
                host, port, tokens, anonymousTenant, documentBytes, uploads, searches,
                lookupConnections, attempts, idleTime, Shared.llamaParseSecret,
            ] + BlobSettings.declared + EmbedderSettings.declared + Shared.postgres + Shared.kafka)
        await program.run { context in
            let connections = try Connections(context)
            let lookups = Connections.pool(
                context, connectionsMax: context.settings[lookupConnections])
            let (embedder, services) = try EmbedderSettings.embedder(context, connections)
            return [
                connections, PoolLifetime(lookups),
                try server(context, connections, lookups, embedder),
            ] + services
        }
    }

    private static func server(
        _ context: Program.Context, _ connections: Connections, _ lookups: PostgresPool,
        _ embedder: any Embedder
    ) throws -> some Service {
        let settings = context.settings
        let tenants = try Tenants(
            tokens: settings[tokens] ?? "", anonymous: settings[anonymousTenant])
        if tenants.isEmpty {
            context.logger.warning("nobody may ask: neither tokens nor an anonymous tenant is set")
        }
        let api = ServingAPI(
            tenants: tenants,
            catalogue: PostgresCatalogue(
                pool: connections.pool, lookups: lookups, attemptsMax: settings[attempts]),
            blobs: try BlobSettings.store(settings), inspector: FileInspector(),
            hints: connections.sender,
            embedder: embedder, parseEventSecret: settings[Shared.llamaParseSecret],
            limits: .init(
                documentBytesMax: settings[documentBytes], uploadsMax: settings[uploads],
                searchesMax: settings[searches]))
        var quiet = context.logger
        quiet.logLevel = max(quiet.logLevel, .notice)
        let idle = settings[idleTime]
        return Application(
            router: api.router,
            server: .http1(configuration: .init(idleTimeout: .init(idle))),
            configuration: .init(
                address: .hostname(settings[host], port: settings[port]),
                serverName: "millrace"),
            onServerRunning: { [logger = context.logger] channel in
                let address = channel.localAddress.map { "\($0)" } ?? ""
                logger.info("the API listens", metadata: ["address": "\(address)"])
            }, logger: quiet)
    }
}
