import CKafkaShim
import Logging
import Synchronization

/// Receives a client's log lines and errors, and records its health.
///
/// Callbacks reach it through the client's opaque pointer, from any thread.
final class ClientEvents: Sendable {
    private struct Health {
        var lastError: KafkaError?
        var fatal: KafkaError?
    }

    let logger: Logger
    /// The partitions of a consumer; unused by a producer.
    let partitions: GroupPartitions
    private let health = Mutex(Health())

    init(_ logger: Logger) {
        self.logger = logger
        partitions = GroupPartitions(logger)
    }

    /// The last error. A success clears it unless it is fatal.
    var lastError: KafkaError? { health.withLock { $0.lastError } }
    /// The first fatal error, after which the client is unusable.
    var fatal: KafkaError? { health.withLock { $0.fatal } }

    func note(_ error: KafkaError) {
        health.withLock { health in
            health.lastError = error
            if error.isFatal, health.fatal == nil { health.fatal = error }
        }
        logger.log(
            level: Self.severity(of: error), "kafka client error",
            metadata: ["error": "\(error.message)", "code": "\(error.name)"])
    }

    /// Clears the last error. A fatal error remains.
    func noteSuccess() {
        health.withLock { health in
            if health.lastError != nil { health.lastError = health.fatal }
        }
    }

    /// Registers the log and error callbacks in a client's configuration.
    func install(on native: OpaquePointer) {
        rd_kafka_conf_set_opaque(native, Unmanaged.passUnretained(self).toOpaque())
        rd_kafka_conf_set_log_cb(native) { client, level, facility, text in
            guard let client, let facility, let text else { return }
            ClientEvents.of(client)?.log(
                String(cString: text), level: level, facility: String(cString: facility))
        }
        rd_kafka_conf_set_error_cb(native) { client, code, text, _ in
            guard let client else { return }
            let error = KafkaError(
                rd_kafka_resp_err_t(code), text.map { String(cString: $0) }, of: client)
            ClientEvents.of(client)?.note(error)
        }
    }

    static func of(_ client: OpaquePointer) -> ClientEvents? {
        rd_kafka_opaque(client).map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
    }

    private func log(_ text: String, level: Int32, facility: String) {
        logger.log(
            level: Self.severity(of: level, facility), "\(text)",
            metadata: ["facility": "\(facility)"])
    }

    /// An unreachable broker is logged at debug, because librdkafka also logs it.
    private static func severity(of error: KafkaError) -> Logger.Level {
        if error.isFatal || !error.isTransient { return .error }
        switch rd_kafka_resp_err_t(error.code) {
        case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN: return .error
        case RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__RESOLVE: return .debug
        default: return .warning
        }
    }

    private static func severity(of level: Int32, _ facility: String) -> Logger.Level {
        // Producers and consumers share properties, so each may ignore some of them.
        if facility == "CONFWARN" { return .debug }
        return switch level {
        case ...2: .critical
        case 3: .error
        case 4: .warning
        case 5: .notice
        case 6: .info
        default: .debug
        }
    }
}
