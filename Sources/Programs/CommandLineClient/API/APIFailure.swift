/// Why an API call failed.
enum APIFailure: ExitingError {
    case unreachable(base: String, reason: String)
    case refused(status: Int, problem: ProblemResponse?)
    /// The body is not what this version of the command line expects.
    case unknownBody(path: String)

    var description: String {
        switch self {
        case .unreachable(let base, let reason):
            "The API at \(base) does not respond (\(reason)). 'millrace up' starts the cluster of "
                + "this machine."
        case .refused(let status, let problem):
            [
                problem?.detail ?? problem?.title ?? "The API refused the request.",
                "(HTTP \(status)\(problem?.code.map { ", \($0)" } ?? ""))", nextStep,
            ].compactMap { $0 }.joined(separator: " ")
        case .unknownBody(let path):
            "The API's response to \(path) cannot be read. Use the command line and the API of one "
                + "version."
        }
    }

    /// What the user of the command line can do about a refused token.
    private var nextStep: String? {
        switch self {
        case .refused(_, let problem?) where problem.code == "operator_required":
            "Give an operator's token with --token or MILLRACE_OPERATOR_TOKEN."
        case .refused(status: 404, let problem)
        where problem == nil || problem?.code == "no_such_route":
            "The API may be of an older version than this command line: upgrade it. 'millrace "
                + "down', then 'millrace up' upgrades the cluster of this machine."
        case .refused(status: 401, _):
            "Give it with --token, MILLRACE_API_TOKEN or, for operators, MILLRACE_OPERATOR_TOKEN."
        default: nil
        }
    }

    var exitStatus: CommandStatus {
        switch self {
        case .unreachable: .unavailable
        case .refused(401, _), .refused(403, _): .notPermitted
        case .refused: isTransient ? .unavailable : .failure
        case .unknownBody: .failure
        }
    }

    /// Codes with a status of 500 or more whose cause does not pass by itself.
    private static let lasting: Set = ["operations_disabled", "audit_timeout"]

    /// Whether a retry may succeed soon.
    var isTransient: Bool {
        switch self {
        case .unreachable: true
        case .refused(_, let problem?) where Self.lasting.contains(problem.code ?? ""): false
        case .refused(409, let problem?) where problem.code == "audit_running": true
        case .refused(let status, _): status == 429 || status >= 500
        case .unknownBody: false
        }
    }
}
