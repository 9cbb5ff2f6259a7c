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
        "embedder", "Who embeds: local, in the process; or openai, any server of that protocol",
        standard: .local)
    package static let baseURLs = Setting<[String]>(
        "openai-base-url",
        "Address of the API, up to and without /embeddings; several that serve the same model, "
            + "the preferred one first, are separated by commas",
        standard: "https://api.openai.com/v1"
    ) { text throws(SettingFault) in
        let urls = text.split(separator: ",").map { $0.filter { !$0.isWhitespace } }
        guard !urls.isEmpty else { throw SettingFault("is empty") }
        for url in urls where !["http://", "https://"].contains(where: url.hasPrefix) {
            throw SettingFault("'\(url)' does not begin with http:// or https://")
        }
        guard Set(urls).count == urls.count else { throw SettingFault("an address is given twice") }
        return urls
    }
    package static let keys = Setting<[String]>(
        "openai-api-key",
        "Key of the API, or one for each address, separated by commas; local servers need none",
        standard: "", isSecret: true
    ) { text in
        text.split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.filter { !$0.isWhitespace } }
    }
    package static let model = Setting.text(
        "openai-model", "Embedding model", standard: "text-embedding-3-small")
    package static let width = Setting.number(
        "openai-width", "Numbers of the model's vectors; 0 for a model of OpenAI's own",
        standard: 0, in: 0...EmbeddingSpace.storedWidth)
    package static let version = Setting.text(
        "openai-version",
        "Version of the model, part of its vector space; another one is another space",
        standard: "1")
    package static let inputs = Setting.number(
        "openai-inputs", "Texts of one request", standard: 2048, in: 1...2048)
    package static let requests = Setting.number(
        "openai-requests", "Requests on their way at once", standard: 8, in: 1...256)
    package static let timeout = Setting.time(
        "openai-timeout", "Longest time of one request", standard: "60s")
    package static let repairPause = Setting.time(
        "openai-pause", "How long to leave alone a provider without credit or with a bad key",
        standard: "5m")

    package static let probe = Setting.time(
        "openai-probe",
        "How often to ask an address for its list of models, to know that it is there",
        standard: "15s")

    package static let tenantTokens = Setting.number(
        "tenant-tokens-a-day",
        "Tokens that one tenant may spend on embedding a day (UTC); what is above waits; 0 for "
            + "no bound", standard: 0, in: 0...Int.max)
    package static let tokens = Setting.number(
        "tokens-a-day", "The same for all tenants together", standard: 0, in: 0...Int.max)

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
        let known = settings[width] == 0 ? OpenAIModel.named(settings[model]) : nil
        guard settings[width] > 0 || known != nil else {
            throw SettingFault(
                "--openai-width is needed: '\(settings[model])' is no model of OpenAI's own")
        }
        let (urls, keys) = (settings[baseURLs], settings[keys])
        guard keys.count == 1 || keys.count == urls.count else {
            throw SettingFault("--openai-api-key has one key, or one for each address")
        }
        return urls.enumerated().map { index, url in
            let key = keys.count == 1 ? keys[0] : keys[index]
            return OpenAIConfiguration(
                baseURL: url, key: key.isEmpty ? nil : APIKey(key), model: settings[model],
                space: EmbeddingSpace(
                    model: settings[model], version: settings[version],
                    width: known?.width ?? settings[width]),
                dimensions: known?.dimensions, inputsMax: settings[inputs],
                requestsMax: settings[requests], timeout: settings[timeout],
                repairPause: settings[repairPause])
        }
    }
}
