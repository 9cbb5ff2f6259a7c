package import Pipeline
package import ProgramFrame
package import ServiceLifecycle

/// A parsing service that the setting `parser` can select.
package struct ParserChoice: Sendable {
    /// The webhook that the API serves for the service.
    package struct Webhook: Sendable {
        package let settings: [any SettingDeclaration]
        package let build: @Sendable (Settings) -> any ProviderWebhook

        package init(
            settings: [any SettingDeclaration],
            build: @escaping @Sendable (Settings) -> any ProviderWebhook
        ) {
            self.settings = settings
            self.build = build
        }
    }

    /// The value of the setting.
    package let name: String
    /// What it is, in the help text of the setting.
    package let summary: String
    package let settings: [any SettingDeclaration]
    package let webhook: Webhook?
    /// Builds the parser; `local` parses the types that the service does not.
    ///
    /// - Throws: when settings contradict each other.
    package let build:
        @Sendable (ProviderContext, _ local: any DocumentParser) throws -> BuiltParser

    package init(
        name: String, summary: String, settings: [any SettingDeclaration], webhook: Webhook? = nil,
        build:
            @escaping @Sendable (ProviderContext, _ local: any DocumentParser) throws -> BuiltParser
    ) {
        self.name = name
        self.summary = summary
        self.settings = settings
        self.webhook = webhook
        self.build = build
    }
}

/// A parser, and the services that must run with it.
package struct BuiltParser: Sendable {
    package let parser: any DocumentParser
    package let services: [any Service]

    package init(_ parser: any DocumentParser, services: [any Service] = []) {
        self.parser = parser
        self.services = services
    }
}
