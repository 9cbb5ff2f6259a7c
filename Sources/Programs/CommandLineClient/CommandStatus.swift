/// How a command ends.
enum CommandStatus: Int32, CaseIterable {
    case success = 0
    case failure = 1
    // The numbers of sysexits.h; the argument parser uses the first of them.
    case usage = 64
    case unavailable = 69
    case notPermitted = 77

    var meaning: String {
        switch self {
        case .success: "success"
        case .failure:
            "the command failed, or it found a dead letter or a fault"
        case .usage: "the arguments are invalid"
        case .unavailable:
            "the API, the database or the store is unavailable; the same command can work later"
        case .notPermitted: "the token is missing, unknown or of the wrong kind"
        }
    }

    /// The status of a command of several parts: a failure, if one of them cannot work later.
    static func worst(of errors: [any Error]) -> CommandStatus {
        let statuses = errors.map { ($0 as? any ExitingError)?.exitStatus ?? .failure }
        if statuses.isEmpty { return .success }
        return [.failure, .usage, .notPermitted].first(where: statuses.contains) ?? .unavailable
    }

    /// For the help.
    static var table: String {
        allCases.map { "  \("\($0.rawValue)".fitted(3)) \($0.meaning)" }.joined(separator: "\n")
    }
}

/// An error that ends the process with a status of its own.
protocol ExitingError: Error, CustomStringConvertible {
    var exitStatus: CommandStatus { get }
}

/// An error for the user: what is wrong and what to do next.
struct UserError: ExitingError {
    let description: String
    let exitStatus: CommandStatus

    init(_ description: String, _ exitStatus: CommandStatus = .failure) {
        self.description = description
        self.exitStatus = exitStatus
    }
}
