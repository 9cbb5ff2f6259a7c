package import Domain
package import Logging
package import Pipeline

/// Sends selected media types to a parsing service and all others to the local parser.
///
/// If `fallsBack` is set, the local parser also takes over while the service fails. The job
/// records which parser produced the text.
package struct ParserRouter: DocumentParser {
    private let service: any DocumentParser
    private let local: any DocumentParser
    private let types: Set<MediaType>
    private let fallsBack: Bool
    private let health: ProviderHealth
    private let timing: Timing
    private let logger: Logger

    package init(
        _ name: String, _ service: any DocumentParser, for types: Set<MediaType>,
        local: any DocumentParser, fallsBack: Bool, timing: Timing = .machine,
        logger: Logger
    ) {
        self.service = service
        self.local = local
        self.types = types
        self.fallsBack = fallsBack
        self.timing = timing
        self.logger = logger
        health = ProviderHealth(name, logger)
    }

    /// The state of the service.
    package var states: [ProviderState] { [health.state(at: timing.now())] }

    package func parse(_ source: SourceDocument) async throws(JobFailure) -> ParsedDocument {
        guard let type = MediaType(contentType: source.mime), types.contains(type) else {
            return try await local.parse(source)
        }
        let answer = await health.call(timing) { () async throws(JobFailure) in
            try await service.parse(source)
        }
        switch answer {
        case .answered(let document): return document
        case .refused(let failure): throw failure
        case .failed(let failure):
            guard fallsBack else { throw failure }
            logger.notice(
                "the document is parsed locally instead", metadata: ["reason": "\(failure)"])
        case .notAdmitted:
            guard fallsBack else {
                throw health.unavailable("no parser of this type is available", timing)
            }
        }
        return try await local.parse(source)
    }
}
