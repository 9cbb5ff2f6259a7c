import Domain
import Pipeline
import ProgramFrame
import ProviderHTTP
package import ProviderSetup
import Routing

extension ParserChoice {
    /// LlamaIndex's service.
    package static let llamaParse = ParserChoice(
        name: "llamaparse", summary: "the service, for the types in --llamaparse-types",
        settings: LlamaParseSettings.declared,
        webhook: Webhook(settings: [LlamaParseSettings.webhookSecret]) { settings in
            LlamaParseWebhook(
                secret: settings[LlamaParseSettings.webhookSecret].map { APIKey($0) })
        },
        build: LlamaParseSettings.parser)
}

/// The settings of LlamaParse.
enum LlamaParseSettings {
    static let types = Setting<Set<MediaType>>(
        "llamaparse-types",
        "File extensions of the documents that LlamaParse parses, separated by commas; all others "
            + "are parsed locally", default: "pdf,docx,pptx,xlsx,odt"
    ) { text throws(SettingFault) in
        var types: Set<MediaType> = []
        for word in text.split(separator: ",") {
            let name = word.filter { !$0.isWhitespace }
            guard let type = MediaType.allCases.first(where: { $0.fileExtension == name }) else {
                let known = MediaType.allCases.map(\.fileExtension).joined(separator: ", ")
                throw SettingFault("'\(name)' is not one of the extensions \(known)")
            }
            types.insert(type)
        }
        return types
    }
    static let fallback = Setting<Bool>(
        "llamaparse-fallback",
        "Whether documents are parsed locally while LlamaParse fails: yes; or no, they wait",
        default: "no"
    ) { text throws(SettingFault) in
        guard ["yes", "no"].contains(text) else {
            throw SettingFault("must be yes or no, not '\(text)'")
        }
        return text == "yes"
    }
    static let baseURL = Setting.text(
        "llamaparse-base-url", "Address of the service, without /api at its end",
        default: "https://api.cloud.llamaindex.ai")
    static let key = Setting.optionalText(
        "llamaparse-api-key", "Key of the service", isSecret: true)
    static let api = Setting.number(
        "llamaparse-api", "Version of the service's API: 2, or 1 for older accounts and servers",
        default: 2, in: 1...2)
    static let mode = Setting.text(
        "llamaparse-mode", "Parse mode of version 1 of the API", default: "parse_page_with_llm")
    static let webhookURL = Setting.optionalText(
        "llamaparse-webhook-url",
        "Address to which version 2 of the service reports that a document is done: the public "
            + "address of the API's /v1/webhooks/llamaparse")
    static let webhookSecret = Setting.optionalText(
        "llamaparse-webhook-secret",
        "Secret with which LlamaParse signs its webhook events. Without it, events are refused",
        isSecret: true)
    static let tier = Setting.text(
        "llamaparse-tier", "Tier of version 2 of the API: cost_effective, agentic or agentic_plus",
        default: "cost_effective")
    static let version = Setting.text(
        "llamaparse-version", "Dated version of the tier", default: "2026-09-28")
    static let timeout = Setting.time(
        "llamaparse-timeout", "Time limit of one request", default: "2m")
    static let deadline = Setting.time(
        "llamaparse-deadline", "Time limit from the upload to the result", default: "60m")
    static let poll = Setting.time(
        "llamaparse-poll-interval",
        "Time before the first request for a result; it grows to 15s with each further request",
        default: "1s")
    static let pause = Setting.time(
        "llamaparse-cooldown",
        "How long the service is not called after it reported no credits or an invalid key",
        default: "5m")

    static let tenantPages = Setting.dailyBudget(
        "tenant-pages-per-day",
        "Pages of one tenant that the service may parse per day (UTC). Documents above the limit "
            + "wait")
    static let pages = Setting.dailyBudget(
        "pages-per-day",
        "Pages of all tenants together that the service may parse per day (UTC). Documents above "
            + "the limit wait")

    static let declared: [any SettingDeclaration] = [
        types, fallback, baseURL, key, api, mode, tier, version, webhookURL,
        webhookSecret, timeout, deadline, poll, pause,
        tenantPages, pages,
    ]

    @Sendable static func parser(
        _ context: ProviderContext, local: any DocumentParser
    ) throws -> BuiltParser {
        let settings = context.settings
        guard ["http://", "https://"].contains(where: settings[baseURL].hasPrefix) else {
            throw SettingFault("--llamaparse-base-url must begin with http:// or https://")
        }
        guard settings[tier] != "fast" else {
            throw SettingFault("--llamaparse-tier must not be fast, which returns no Markdown")
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
                configuration, ledger: context.stores,
                budget: context.budget(
                    tenant: settings[tenantPages], all: settings[pages], in: .pages),
                webhooks: webhook.map { _ in context.stores }, logger: context.logger),
            for: settings[types], local: local, fallsBack: settings[fallback],
            logger: context.logger)
        return BuiltParser(router, services: [context.reporter { router.states }])
    }

    private static func webhook(
        _ settings: Settings
    ) throws(SettingFault) -> LlamaParseConfiguration.Webhook? {
        guard let url = settings[webhookURL] else { return nil }
        guard let secret = settings[webhookSecret] else {
            throw SettingFault(
                "--llamaparse-webhook-secret is required with --llamaparse-webhook-url")
        }
        guard settings[api] == 2 else {
            throw SettingFault(
                "--llamaparse-webhook-url requires --llamaparse-api 2, because version 1 does not "
                    + "sign its events")
        }
        return .init(url: url, secret: APIKey(secret))
    }
}
