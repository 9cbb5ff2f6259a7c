import CKafkaShim

/// An error from librdkafka or a broker.
package struct KafkaError: Error, Sendable, CustomStringConvertible {
    /// librdkafka's code: negative for its own errors, positive for a broker's.
    package let code: Int32
    /// The code's name, such as `_ALL_BROKERS_DOWN`.
    package let name: String
    package let message: String
    /// Whether the client is unusable after this error.
    package let isFatal: Bool

    init(_ error: rd_kafka_resp_err_t, _ message: String? = nil, isFatal: Bool = false) {
        code = error.rawValue
        name = String(cString: rd_kafka_err2name(error))
        self.message = message ?? String(cString: rd_kafka_err2str(error))
        self.isFatal = isFatal
    }

    /// An error of `client`. Replaces `_FATAL` with its cause.
    init(_ error: rd_kafka_resp_err_t, _ message: String? = nil, of client: OpaquePointer) {
        guard error == RD_KAFKA_RESP_ERR__FATAL else {
            self.init(error, message)
            return
        }
        let (cause, text) = readingText { rd_kafka_fatal_error(client, $0, $1) }
        self.init(cause, text, isFatal: true)
    }

    init(configuration message: String) {
        self.init(RD_KAFKA_RESP_ERR__INVALID_ARG, message)
    }

    static let closed = KafkaError(RD_KAFKA_RESP_ERR__DESTROY, "the client is closed")

    /// Whether the same call may succeed later without any change.
    package var isTransient: Bool { !isFatal && !Self.lasting.contains(code) }

    package var description: String { "\(message) (\(name))" }

    private static let lasting = Set(
        [
            // Configuration and environment.
            RD_KAFKA_RESP_ERR__INVALID_ARG, RD_KAFKA_RESP_ERR__FS, RD_KAFKA_RESP_ERR__SSL,
            RD_KAFKA_RESP_ERR__CONFLICT, RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED,
            RD_KAFKA_RESP_ERR__NOT_CONFIGURED, RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE,
            RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION, RD_KAFKA_RESP_ERR_INVALID_CONFIG,
            RD_KAFKA_RESP_ERR_INVALID_GROUP_ID, RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT,
            RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL, RD_KAFKA_RESP_ERR_POLICY_VIOLATION,
            // Authentication and authorisation.
            RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
            RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM,
            RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
            // The message.
            RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_INVALID_MSG,
            RD_KAFKA_RESP_ERR_INVALID_RECORD, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION,
            // The state of the client.
            RD_KAFKA_RESP_ERR__DESTROY, RD_KAFKA_RESP_ERR__FATAL,
            RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID,
        ].map(\.rawValue))
}

/// Calls a function with a buffer of 512 bytes for its error text. Returns the result and the text.
func readingText<Value>(
    _ body: (UnsafeMutablePointer<CChar>, Int) -> Value
) -> (Value, String) {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
        buffer.initialize(repeating: 0)
        // A buffer of 512 elements has an address.
        let text = buffer.baseAddress!
        let value = body(text, buffer.count)
        return (value, String(cString: text))
    }
}

extension Duration {
    /// Whole milliseconds for librdkafka, rounded up, limited to between 0 and one day.
    var nativeMilliseconds: Int32 {
        let limited = min(max(self, .zero), .seconds(86_400)).components
        let part = (limited.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(clamping: limited.seconds * 1000 + part)
    }
}
