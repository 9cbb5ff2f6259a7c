import FoundationEssentials

/// The variables that the command line reads. An empty one counts as unset.
enum EnvironmentVariable: String {
    case apiToken = "MILLRACE_API_TOKEN"
    case apiURL = "MILLRACE_API_URL"
    case directory = "MILLRACE_DIRECTORY"
    case httpPort = "MILLRACE_HTTP_PORT"
    case kafkaBrokers = "MILLRACE_KAFKA_BROKERS"
    case kafkaProperties = "MILLRACE_KAFKA_PROPERTIES"
    case logins = "MILLRACE_LOGINS"
    case loginsFile = "MILLRACE_LOGINS_FILE"
    case operatorToken = "MILLRACE_OPERATOR_TOKEN"
    case postgresPrograms = "MILLRACE_POSTGRES_PROGRAMS"
    case postgresURL = "MILLRACE_POSTGRES_URL"
    case runtime = "MILLRACE_RUNTIME"
    case topicPrefix = "MILLRACE_TOPIC_PREFIX"

    var value: String? {
        let value = ProcessInfo.processInfo.environment[rawValue]
        return value?.isEmpty == false ? value : nil
    }
}
