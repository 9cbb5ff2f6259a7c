import Domain
import Logging
import Pipeline
import ProgramFrame
import ProviderHTTP
package import ProviderSetup
import Routing
import ServiceLifecycle

extension EmbedderChoice {
    /// Any server that implements OpenAI's embeddings API.
    package static let openAI = EmbedderChoice(
        name: "openai", summary: "a server that implements OpenAI's embeddings API",
        settings: OpenAISettings.declared, build: OpenAISettings.embedder)
}

/// The settings of the embeddings API.
enum OpenAISettings {
    static let baseURLs = Setting<[String]>(
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
    static let keys = Setting<[String]>(
        "openai-api-key",
        "Key of the API, or one key per address, separated by commas; local servers need none",
        default: "", isSecret: true
    ) { text in
        text.split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.filter { !$0.isWhitespace } }
    }
    static let model = Setting.text(
        "openai-model", "Name of the embedding model", default: "text-embedding-3-small")
    static let width = Setting.number(
        "openai-width",
        "Components of the model's vectors; auto for a model of OpenAI, whose width is known",
        or: "auto", in: 1...EmbeddingSpace.storedWidth)
    static let version = Setting.text(
        "openai-model-version",
        "Version of the model. It is part of the embedding space: another version is another space",
        default: "1")
    static let queryPrefix = prefix("query", of: "search query")
    static let passagePrefix = prefix("passage", of: "text of a document")
    static let inputs = Setting.number(
        "openai-batch-size", "Maximum number of texts in one request", default: 2048, in: 1...2048)
    static let requests = Setting.number(
        "openai-concurrency", "Maximum number of concurrent requests", default: 8, in: 1...256)
    static let timeout = Setting.time(
        "openai-timeout", "Time limit of one request", default: "60s")
    static let repairPause = Setting.time(
        "openai-cooldown",
        "How long an address is not called after it reported no credit or an invalid key",
        default: "5m")

    static let probe = Setting.time(
        "openai-probe-interval",
        "Time between checks of an address, which request its list of models",
        default: "15s")

    static let tenantTokens = Setting.dailyBudget(
        "tenant-tokens-per-day",
        "Tokens that one tenant may spend on embedding per day (UTC). Work above the limit waits")
    static let tokens = Setting.dailyBudget(
        "tokens-per-day",
        "Tokens that all tenants together may spend on embedding per day (UTC). Work above the "
            + "limit waits")

    static let declared: [any SettingDeclaration] = [
        baseURLs, keys, model, width, version, queryPrefix, passagePrefix, inputs, requests,
        timeout, repairPause, probe, tenantTokens, tokens,
    ]

    private static func prefix(_ kind: String, of text: String) -> Setting<String> {
        Setting(
            "openai-\(kind)-prefix",
            "What precedes each \(text), for a model that was trained with prefixes, for example "
                + "'\(kind): ' with its space. It is part of the embedding space", default: ""
        ) { prefix throws(SettingFault) in
            guard prefix.utf8.count <= 1024 else {
                throw SettingFault("must be at most 1024 bytes, not \(prefix.utf8.count)")
            }
            return prefix
        }
    }

    @Sendable static func embedder(_ context: ProviderContext) throws -> BuiltEmbedder {
        let settings = context.settings
        var routes: [(name: String, embedder: any Embedder)] = []
        for configuration in try configurations(settings) {
            context.logger.info(
                "embedding by an API",
                metadata: [
                    "space": "\(configuration.space)", "address": "\(configuration.baseURL)",
                ])
            let embedder = OpenAIEmbedder(
                configuration, ledger: context.stores, logger: context.logger)
            routes.append((configuration.baseURL, embedder))
        }
        let router = try EmbedderRouter(routes, logger: context.logger)
        let services: [any Service] = [
            context.reporter { router.states }, ProviderProbe(router, every: settings[probe]),
        ]
        let budget = context.budget(
            tenant: settings[tenantTokens], all: settings[tokens], in: .tokens)
        guard let budget else { return BuiltEmbedder(router, services: services) }
        return BuiltEmbedder(BudgetedEmbedder(router, budget: budget), services: services)
    }

    /// One configuration per address.
    static func configurations(
        _ settings: Settings
    ) throws(SettingFault) -> [OpenAIConfiguration] {
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
        for (index, url) in urls.enumerated() where url.hasPrefix("https://api.openai.com/") {
            guard !keys[keys.count == 1 ? 0 : index].isEmpty else {
                throw SettingFault(
                    "--openai-api-key must be set, because \(url) requires a key. For another "
                        + "server, set --openai-base-url")
            }
        }
        let prefixes = EmbeddingPrefixes(
            query: settings[queryPrefix], passage: settings[passagePrefix])
        return urls.enumerated().map { index, url in
            let key = keys.count == 1 ? keys[0] : keys[index]
            return OpenAIConfiguration(
                baseURL: url, key: key.isEmpty ? nil : APIKey(key), model: settings[model],
                space: EmbeddingSpace(
                    model: settings[model], version: prefixes.version(settings[version]),
                    width: width),
                prefixes: prefixes, dimensions: known?.dimensions, inputsMax: settings[inputs],
                requestsMax: settings[requests], timeout: settings[timeout],
                repairPause: settings[repairPause])
        }
    }
}
