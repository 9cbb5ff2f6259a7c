extension FaultInjector {
    enum Fault: String, CaseIterable {
        case killed = "program killed"
        case frozen = "program frozen"
        case cutOff = "program cut off from the database"
        case scaledUp = "program added"
        case scaledDown = "program scaled down"
        case parserKilled = "parser killed"
        case providerKilled = "embedding provider killed"
        case brokerKilled = "broker killed"
        case brokerWiped = "broker killed and wiped"
        case serverShutDown = "PostgreSQL shut down"
        case serverCrashed = "PostgreSQL stopped immediately"
        case backendKilled = "PostgreSQL process killed"

        /// The relative weight in the random choice.
        var weight: Int {
            switch self {
            case .killed: 52
            case .frozen, .cutOff: 10
            case .scaledUp, .scaledDown: 6
            case .parserKilled: 4
            case .brokerKilled, .providerKilled: 2
            case .brokerWiped: 4
            case .serverShutDown, .serverCrashed, .backendKilled: 2
            }
        }
    }
}
