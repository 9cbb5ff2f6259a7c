/// The failure catalogue: every code that a job can fail with, by origin.
///
/// The text of a code is stored in `last_error.error_type`, in events and in the ledger of provider
/// calls, and is the `code` of a problem document, so it never changes. Code decides by origin and
/// by the class of the failure, never by text. docs/reference/failures.md is generated from here.
package enum FailureCode: Hashable, Sendable {
    /// The document itself.
    case document(DocumentFailure)
    case parser(ParserFailure)
    case embedder(EmbedderFailure)
    /// A call to a service that parses or embeds.
    case provider(ProviderFailure)
    /// A spending limit of the operator.
    case budget(BudgetFailure)
    /// The storage of documents and their texts.
    case storage(StorageFailure)
    case database(DatabaseFailure)
    /// The message queue of hints.
    case queue(QueueFailure)
    /// The worker and its claim on the job.
    case worker(WorkerFailure)
    /// The machine that a program runs on, or the program itself.
    case machine(MachineFailure)
}

extension FailureCode: RawRepresentable, CaseIterable, CustomStringConvertible {
    package static let allCases: [FailureCode] =
        DocumentFailure.allCases.map(Self.document) + ParserFailure.allCases.map(Self.parser)
        + EmbedderFailure.allCases.map(Self.embedder) + ProviderFailure.allCases.map(Self.provider)
        + BudgetFailure.allCases.map(Self.budget) + StorageFailure.allCases.map(Self.storage)
        + DatabaseFailure.allCases.map(Self.database) + QueueFailure.allCases.map(Self.queue)
        + WorkerFailure.allCases.map(Self.worker) + MachineFailure.allCases.map(Self.machine)

    private static let byText = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

    /// The code with this text; `nil` when the catalogue does not contain it.
    package init?(rawValue: String) {
        guard let code = Self.byText[rawValue] else { return nil }
        self = code
    }

    /// The code as text, in snake case.
    package var rawValue: String {
        switch self {
        case .document(let failure): failure.rawValue
        case .parser(let failure): failure.rawValue
        case .embedder(let failure): failure.rawValue
        case .provider(let failure): failure.rawValue
        case .budget(let failure): failure.rawValue
        case .storage(let failure): failure.rawValue
        case .database(let failure): failure.rawValue
        case .queue(let failure): failure.rawValue
        case .worker(let failure): failure.rawValue
        case .machine(let failure): failure.rawValue
        }
    }

    package var description: String { rawValue }

    /// The origin as the reference names it.
    package var origin: String {
        switch self {
        case .document: "document"
        case .parser: "parser"
        case .embedder: "embedder"
        case .provider: "provider"
        case .budget: "budget"
        case .storage: "storage"
        case .database: "database"
        case .queue: "queue"
        case .worker: "worker"
        case .machine: "machine"
        }
    }

    /// What the catalogue says about the code.
    package var entry: FailureEntry {
        switch self {
        case .document(let failure): failure.entry
        case .parser(let failure): failure.entry
        case .embedder(let failure): failure.entry
        case .provider(let failure): failure.entry
        case .budget(let failure): failure.entry
        case .storage(let failure): failure.entry
        case .database(let failure): failure.entry
        case .queue(let failure): failure.entry
        case .worker(let failure): failure.entry
        case .machine(let failure): failure.entry
        }
    }
}
