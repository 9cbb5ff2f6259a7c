import Domain
import Operating

/// The sender of a request, by its token.
enum Caller: Sendable, Equatable {
    case tenant(TenantID)
    case `operator`(OperatorName)

    /// Parses the first word of a line of tokens.
    init?(_ word: Substring) {
        let prefix = "operator/"
        if word == "operator" {
            self = .operator(.unnamed)
        } else if word.hasPrefix(prefix) {
            guard let name = OperatorName(word.dropFirst(prefix.count)) else { return nil }
            self = .operator(name)
        } else {
            guard let tenant = TenantID(word) else { return nil }
            self = .tenant(tenant)
        }
    }
}
