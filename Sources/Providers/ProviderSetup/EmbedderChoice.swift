package import Pipeline
package import ProgramFrame
package import ServiceLifecycle

/// An embedder that the setting `embedder` can select.
package struct EmbedderChoice: Sendable {
    /// The value of the setting.
    package let name: String
    /// What it is, in the help text of the setting.
    package let summary: String
    package let settings: [any SettingDeclaration]
    /// - Throws: when settings contradict each other, or an installed model is damaged.
    package let build: @Sendable (ProviderContext) throws -> BuiltEmbedder

    package init(
        name: String, summary: String, settings: [any SettingDeclaration],
        build: @escaping @Sendable (ProviderContext) throws -> BuiltEmbedder
    ) {
        self.name = name
        self.summary = summary
        self.settings = settings
        self.build = build
    }
}

/// An embedder, and the services that must run with it.
package struct BuiltEmbedder: Sendable {
    package let embedder: any Embedder
    package let services: [any Service]

    package init(_ embedder: any Embedder, services: [any Service] = []) {
        self.embedder = embedder
        self.services = services
    }
}
