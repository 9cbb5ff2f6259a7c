import CKafkaShim

/// What librdkafka or a broker refused.
package struct KafkaError: Error, Sendable, CustomStringConvertible {
    /// librdkafka's code; negative for its own errors, positive for a broker's.
    package let code: Int32
    /// The code's name, such as `_ALL_BROKERS_DOWN`.
    package let name: String
    package let message: String

    init(_ error: rd_kafka_resp_err_t, _ message: String? = nil) {
        code = error.rawValue
        name = String(cString: rd_kafka_err2name(error))
        self.message = message ?? String(cString: rd_kafka_err2str(error))
    }

    init(configuration message: String) {
        code = RD_KAFKA_RESP_ERR__INVALID_ARG.rawValue
        name = "_INVALID_ARG"
        self.message = message
    }

    package var isFatal: Bool { code == RD_KAFKA_RESP_ERR__FATAL.rawValue }

    package var description: String { "\(message) (\(name))" }
}
