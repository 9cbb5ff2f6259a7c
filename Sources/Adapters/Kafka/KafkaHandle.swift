import CKafkaShim
import Logging

/// Owns an `rd_kafka_t`, which is itself thread-safe.
///
/// `@unchecked Sendable`: librdkafka allows any thread to call it.
final class KafkaHandle: @unchecked Sendable {
    let client: OpaquePointer
    private let logs: LogTarget

    /// Takes over `configuration`; `opaque` is what callbacks receive and must outlive the handle.
    init(
        _ type: rd_kafka_type_t, _ configuration: OpaquePointer, logs: LogTarget
    ) throws(KafkaError) {
        self.logs = logs
        rd_kafka_conf_set_log_cb(configuration) { client, level, facility, text in
            guard let client, let text, let opaque = rd_kafka_opaque(client) else { return }
            let target = Unmanaged<LogTarget>.fromOpaque(opaque).takeUnretainedValue()
            target.log(level, facility.map { String(cString: $0) } ?? "", String(cString: text))
        }
        rd_kafka_conf_set_opaque(configuration, Unmanaged.passUnretained(logs).toOpaque())
        let made = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { text in
            text[0] = 0
            let client = rd_kafka_new(type, configuration, text.baseAddress, 512)
            return (client, String(cString: text.baseAddress!))
        }
        guard let client = made.0 else {
            // The configuration is only taken over on success.
            rd_kafka_conf_destroy(configuration)
            throw KafkaError(configuration: made.1)
        }
        self.client = client
    }

    deinit { rd_kafka_destroy(client) }

    /// Asks any broker for metadata; blocks for at most `timeout`.
    func metadata(timeout: Duration) throws(KafkaError) {
        var answer: UnsafePointer<rd_kafka_metadata>?
        let error = rd_kafka_metadata(
            client, 0, nil, &answer, Int32(timeout / .milliseconds(1)))
        if let answer { rd_kafka_metadata_destroy(answer) }
        guard error == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(error) }
    }
}

/// Where a client's own log lines and callbacks go.
class LogTarget: @unchecked Sendable {
    private let logger: Logger

    init(_ logger: Logger) { self.logger = logger }

    fileprivate final func log(_ level: Int32, _ facility: String, _ text: String) {
        let severity: Logger.Level =
            switch level {
            case ...3: .error
            case 4: .warning
            case 5: .notice
            case 6: .info
            default: .debug
            }
        logger.log(level: severity, "\(text)", metadata: ["facility": "\(facility)"])
    }
}
