import Domain
import LlamaParse
import ProgramFrame
import Pipeline
import ProviderHTTP
import Routing
import ServiceLifecycle
import Wiring

/// Whether and how LlamaParse parses documents.
enum LlamaParseSettings {
    enum Kind: String, CaseIterable, Sendable { case local, llamaparse }

    static let kind = Setting<Kind>.choice(
        "parser", "Who parses: local, on this machine; or llamaparse, for the types given",
        standard: .local)
    static let types = Setting<Set<MediaType>>(
        "llamaparse-types",
        "File extensions of the documents that LlamaParse parses, separated by commas; all others "
            + "are parsed locally", standard: "pdf,docx,pptx,xlsx,odt"
    ) { text throws(SettingFault) in
        var types: Set<MediaType> = []
        for word in text.split(separator: ",") {
            let name = word.filter { !$0.isWhitespace }
            guard let type = MediaType.allCases.first(where: { $0.fileExtension == name }) else {
                let known = MediaType.allCases.map(\.fileExtension).joined(separator: ", ")
                throw SettingFault("'\(name)' is no extension; extensions: \(known)")
            }
            types.insert(type)
        }
        return types
    }
    static let fallback = Setting<Bool>(
        "llamaparse-fallback",
        "Whether documents are parsed locally while LlamaParse fails: yes, or no to wait for it",
        standard: "no"
    ) { text throws(SettingFault) in
        guard ["yes", "no"].contains(text) else { throw SettingFault("'\(text)' is not yes or no") }
        return text == "yes"
    }
    static let baseURL = Setting.text(
        "llamaparse-base-url", "Address of the service, up to and without /api",
        standard: "https://api.cloud.llamaindex.ai")
    static let key = Setting.optionalText(
        "llamaparse-api-key", "Key of the service", isSecret: true)
    static let api = Setting.number(
        "llamaparse-api", "Version of the API: 2, or 1 for older accounts and servers", standard: 2,
        in: 1...2)
    static let mode = Setting.text(
        "llamaparse-mode", "How version 1 parses", standard: "parse_page_with_llm")
    static let webhookURL = Setting.optionalText(
        "llamaparse-webhook-url",
        "Where the service tells that a document is done: the public address of the API's "
            + "/v1/webhooks/llamaparse; of version 2")
    static let tier = Setting.text(
        "llamaparse-tier", "Tier: cost_effective, agentic or agentic_plus",
        standard: "cost_effective")
    static let version = Setting.text(
        "llamaparse-version", "Dated version of the tier", standard: "2026-09-28")
    static let timeout = Setting.time(
        "llamaparse-timeout", "Longest time of one request", standard: "2m")
    static let deadline = Setting.time(
        "llamaparse-deadline", "Longest time from the upload to the result", standard: "60m")
    static let poll = Setting.time(
        "llamaparse-poll", "Time before the first look for a result; later ones take longer",
        standard: "1s")
    static let pause = Setting.time(
        "llamaparse-pause", "How long to leave alone a service without credits or with a bad key",
        standard: "5m")

    static let tenantPages = Setting.number(
        "tenant-pages-a-day",
        "Pages that one tenant may have parsed by the service a day (UTC); what is above waits; 0 for "
            + "no bound", standard: 0, in: 0...Int.max)
    static let pages = Setting.number(
        "pages-a-day", "The same for all tenants together", standard: 0, in: 0...Int.max)

    static let declared: [any SettingDeclaration] = [
        kind, types, fallback, baseURL, key, api, mode, tier, version, webhookURL,
        Shared.llamaParseSecret, timeout, deadline, poll, pause,
        tenantPages, pages,
    ]

    static func parser(
        _ context: Program.Context, _ connections: Connections, _ local: any DocumentParser
    ) throws(SettingFault) -> (parser: any DocumentParser, services: [any Service]) {
        let settings = context.settings
        guard settings[kind] == .llamaparse else { return (local, []) }
        guard ["http://", "https://"].contains(where: settings[baseURL].hasPrefix) else {
            throw SettingFault("--llamaparse-base-url begins with http:// or https://")
        }
        guard settings[tier] != "fast" else {
            throw SettingFault("--llamaparse-tier: fast gives no Markdown")
        }
        let webhook = try webhook(settings)
        let configuration = LlamaParseConfiguration(
            baseURL: settings[baseURL], key: settings[key].map { APIKey($0) },
            model: settings[api] == 1
                ? .v1(mode: settings[mode])
                : .v2(tier: settings[tier], version: settings[version]),
            webhook: webhook, timeout: settings[timeout],
            deadline: settings[deadline], firstPoll: settings[poll], repairPause: settings[pause])
        let router = ParserRouter(
            configuration.baseURL,
            LlamaParser(
                configuration, ledger: connections.store,
                budget: Shared.budget(
                    tenant: settings[tenantPages], all: settings[pages], in: .pages, connections),
                notices: webhook.map { _ in connections.store }, logger: context.logger),
            for: settings[types], local: local, fallsBack: settings[fallback],
            logger: context.logger)
        let reporter = ProviderReporter(
            { router.states }, to: connections.store, as: context.worker, logger: context.logger)
        return (router, [reporter])
    }

    private static func webhook(
        _ settings: Settings
    ) throws(SettingFault) -> LlamaParseConfiguration.Webhook? {
        guard let url = settings[webhookURL] else { return nil }
        guard let secret = settings[Shared.llamaParseSecret] else {
            throw SettingFault(
                "--llamaparse-webhook-secret is needed with --llamaparse-webhook-url")
        }
        guard settings[api] == 2 else {
            throw SettingFault("--llamaparse-webhook-url: version 1 signs nothing")
        }
        return .init(url: url, secret: APIKey(secret))
    }
}
