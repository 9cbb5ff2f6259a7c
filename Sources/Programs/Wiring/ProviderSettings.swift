import LlamaParse
import LocalModels
import OpenAI
package import Pipeline
package import ProgramFrame
package import ProviderSetup

/// The providers of the programs, and the settings that select them.
package enum ProviderSettings {
    /// Every embedder. The first is the default.
    private static let embedders: [EmbedderChoice] = [.local, .openAI]
    /// Every parsing service. The default is none: documents are parsed locally.
    private static let parsers: [ParserChoice] = [.llamaParse]

    private static let embedderChoice = Setting<EmbedderChoice>(
        "embedder",
        "What computes vectors: "
            + embedders.map { "\($0.name), \($0.summary)" }.joined(separator: "; or "),
        default: embedders[0].name
    ) { text throws(SettingFault) in
        guard let choice = embedders.first(where: { $0.name == text }) else {
            throw fault(text, embedders.map(\.name))
        }
        return choice
    }

    private static let parserChoice = Setting<ParserChoice?>(
        "parser",
        "What parses documents: local, this machine; or "
            + parsers.map { "\($0.name), \($0.summary)" }.joined(separator: "; or "),
        default: "local"
    ) { text throws(SettingFault) in
        if text == "local" { return nil }
        guard let choice = parsers.first(where: { $0.name == text }) else {
            throw fault(text, ["local"] + parsers.map(\.name))
        }
        return choice
    }

    private static func fault(_ text: String, _ names: [String]) -> SettingFault {
        SettingFault("must be one of \(names.joined(separator: ", ")), not '\(text)'")
    }

    /// Settings of the programs that embed. The API must embed queries in the same space in which
    /// the workers embed documents, so both have them.
    package static let ofEmbedders: [any SettingDeclaration] =
        [embedderChoice] + embedders.flatMap(\.settings)
    package static let ofParsers: [any SettingDeclaration] =
        [parserChoice] + parsers.flatMap(\.settings)
    package static let ofWebhooks: [any SettingDeclaration] =
        parsers.flatMap { $0.webhook?.settings ?? [] }

    /// - Parameter threads: for an embedder in the process; `nil` for one per processor.
    /// - Throws: when settings contradict each other, or an installed model is damaged.
    package static func embedder(
        _ context: Program.Context, _ connections: Connections, threads: Int? = nil
    ) throws -> BuiltEmbedder {
        try context.settings[embedderChoice].build(
            providerContext(context, connections, threads: threads))
    }

    /// - Throws: when settings contradict each other.
    package static func parser(
        _ context: Program.Context, _ connections: Connections, local: any DocumentParser
    ) throws -> BuiltParser {
        guard let choice = context.settings[parserChoice] else { return BuiltParser(local) }
        return try choice.build(providerContext(context, connections), local)
    }

    /// The webhooks of all services. The API serves each, because the setting `parser` is one of
    /// another program.
    package static func webhooks(_ settings: Settings) -> [any ProviderWebhook] {
        parsers.compactMap { $0.webhook?.build(settings) }
    }

    private static func providerContext(
        _ context: Program.Context, _ connections: Connections, threads: Int? = nil
    ) -> ProviderContext {
        ProviderContext(
            settings: context.settings, stores: connections.store, computeThreads: threads,
            worker: context.worker, logger: context.logger)
    }
}
