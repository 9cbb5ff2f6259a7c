import Domain
import Embedders
import Logging
import OpenAI
package import ProgramFrame
package import Pipeline
import ProviderHTTP
import Routing
package import ServiceLifecycle

/// The embedder of a program. The API must embed queries in the same space in which the workers
/// embed documents, so both have these settings.
package enum EmbedderSettings {
    package enum Kind: String, CaseIterable, Sendable { case local, openai }

    package static let kind = Setting<Kind>.choice(
        "embedder",
        "What computes vectors: local, a model in the process; or openai, a server that implements "
            + "OpenAI's embeddings API",
        default: .local)
    package static let baseURLs = Setting<[String]>(
        "openai-base-url",
        "Address of the API, without /embeddings at its end. Several addresses that serve the same "
            + "model are separated by commas, in order of preference",
        default: "https://api.openai.com/v1"
    ) { text throws(SettingFault) in
        let urls = text.split(separator: ",").map { $0.filter { !$0.isWhitespace } }
        guard !urls.isEmpty else { throw SettingFault("must not be empty") }
        for url in urls where !["http://", "https://"].contains(where: url.hasPrefix) {
            throw SettingFault("'\(url)' must begin with http:// or https://")
        }
        guard Set(urls).count == urls.count else {
            throw SettingFault("must not contain an address twice")
        }
        return urls
    }
    package static let keys = Setting<[String]>(
        "openai-api-key",
        "Key of the API, or one key per address, separated by commas; local servers need none",
        default: "", isSecret: true
    ) { text in
        text.split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.filter { !$0.isWhitespace } }
    }
    package static let model = Setting.text(
        "openai-model", "Name of the embedding model", default: "text-embedding-3-small")
    package static let width = Setting.number(
        "openai-width",
        "Components of the model's vectors; auto for a model of OpenAI, whose width is known",
        or: "auto", in: 1...EmbeddingSpace.storedWidth)
    package static let version = Setting.text(
        "openai-model-version",
        "Version of the model. It is part of the embedding space: another version is another space",
        default: "1")
    package static let inputs = Setting.number(
        "openai-batch-size", "Maximum number of texts in one request", default: 2048, in: 1...2048)
    package static let requests = Setting.number(
        "openai-concurrency", "Maximum number of concurrent requests", default: 8, in: 1...256)
    package static let timeout = Setting.time(
        "openai-timeout", "Time limit of one request", default: "60s")
    package static let repairPause = Setting.time(
        "openai-cooldown",
        "How long an address is not called after it reported no credit or an invalid key",
        default: "5m")

    package static let probe = Setting.time(
        "openai-probe-interval",
        "Time between checks of an address, which request its list of models",
        default: "15s")

    package static let tenantTokens = Setting.number(
        "tenant-tokens-per-day",
        "Tokens that one tenant may spend on embedding per day (UTC). Work above the limit waits",
        or: Shared.unlimited, in: Shared.budgets)
    package static let tokens = Setting.number(
        "tokens-per-day",
        "Tokens that all tenants together may spend on embedding per day (UTC). Work above the "
            + "limit waits", or: Shared.unlimited, in: Shared.budgets)

    package static let declared: [any SettingDeclaration] = [
        kind, baseURLs, keys, model, width, version, inputs, requests, timeout, repairPause,
        probe,
        tenantTokens, tokens, Shared.miniLMPath,
    ]

    /// - Parameter threads: for a local embedder; `nil` for one per processor.
    /// - Throws: when settings contradict each other, or a local model is damaged.
    package static func embedder(
        _ context: Program.Context, _ connections: Connections, threads: Int? = nil
    ) throws -> (embedder: any Embedder, services: [any Service]) {
        let settings = context.settings
        switch settings[kind] {
        case .local:
            let embedder = try localEmbedder(
                modelDirectory: settings[Shared.miniLMPath], threads: threads,
                logger: context.logger)
            return (embedder, [])
        case .openai:
            let router = try EmbedderRouter(
                try openAI(settings).map { configuration in
                    context.logger.info(
                        "embedding by an API",
                        metadata: [
                            "space": "\(configuration.space)",
                            "address": "\(configuration.baseURL)",
                        ])
                    return (
                        configuration.baseURL,
                        OpenAIEmbedder(
                            configuration, ledger: connections.store, logger: context.logger)
                            as any Embedder
                    )
                }, logger: context.logger)
            let reporter = ProviderReporter(
                { router.states }, to: connections.store, as: context.worker, logger: context.logger
            )
            let services: [any Service] = [
                reporter, ProviderProbe(router, every: settings[probe]),
            ]
            guard
                let budget = Shared.budget(
                    tenant: settings[tenantTokens], all: settings[tokens], in: .tokens, connections)
            else { return (router, services) }
            return (BudgetedEmbedder(router, budget: budget), services)
        }
    }

    /// One configuration per address.
    private static func openAI(_ settings: Settings) throws(SettingFault) -> [OpenAIConfiguration] {
        let known = settings[width] == nil ? OpenAIModel.named(settings[model]) : nil
        guard let width = settings[width] ?? known?.width else {
            throw SettingFault(
                "--openai-width must be a number: the width of '\(settings[model])' is not known")
        }
        let (urls, keys) = (settings[baseURLs], settings[keys])
        guard keys.count == 1 || keys.count == urls.count else {
            throw SettingFault(
                "--openai-api-key must have one key, or one key per address: \(keys.count) keys "
                    + "for \(urls.count) addresses")
        }
        return urls.enumerated().map { index, url in
            let key = keys.count == 1 ? keys[0] : keys[index]
            return OpenAIConfiguration(
                baseURL: url, key: key.isEmpty ? nil : APIKey(key), model: settings[model],
                space: EmbeddingSpace(
                    model: settings[model], version: settings[version],
                    width: width),
                dimensions: known?.dimensions, inputsMax: settings[inputs],
                requestsMax: settings[requests], timeout: settings[timeout],
                repairPause: settings[repairPause])
        }
    }
}
