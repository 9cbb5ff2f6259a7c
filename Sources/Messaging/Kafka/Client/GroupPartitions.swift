import CKafkaShim
import Logging
import Synchronization

/// The partitions a consumer holds, and whether they are paused.
///
/// Written on the polling thread only. Any thread may read it.
final class GroupPartitions: Sendable {
    private struct State {
        var held: Set<KafkaPartition> = []
        var isPaused = false
    }

    private let logger: Logger
    private let state = Mutex(State())

    init(_ logger: Logger) { self.logger = logger }

    var held: Set<KafkaPartition> { state.withLock { $0.held } }
    var isPaused: Bool { state.withLock { $0.isPaused } }

    /// Routes a consumer's rebalances to its `ClientEvents`.
    static func install(on native: OpaquePointer) {
        rd_kafka_conf_set_rebalance_cb(native) { client, event, partitions, _ in
            guard let client else { return }
            ClientEvents.of(client)?.partitions.rebalance(client, to: partitions, after: event)
        }
    }

    /// Applies an assignment or a revocation. librdkafka commits the stored offsets of the revoked
    /// partitions.
    func rebalance(
        _ client: OpaquePointer, to partitions: NativePartitions?, after event: rd_kafka_resp_err_t
    ) {
        let isStepwise =
            rd_kafka_rebalance_protocol(client)
            .map { String(cString: $0) == "COOPERATIVE" } ?? false
        let changed = Set(partitions?.partitions ?? [])
        switch event {
        case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
            if isStepwise {
                report(rd_kafka_incremental_assign(client, partitions))
            } else {
                report(rd_kafka_assign(client, partitions))
            }
            state.withLock { $0.held = isStepwise ? $0.held.union(changed) : changed }
            // Also undoes a pause from an earlier assignment, which librdkafka remembers.
            apply(to: changed, client)
        case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS where isStepwise:
            report(rd_kafka_incremental_unassign(client, partitions))
            state.withLock { $0.held.subtract(changed) }
        default:
            report(rd_kafka_assign(client, nil))
            state.withLock { $0.held = [] }
        }
        logger.info(
            event == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS
                ? "partitions assigned" : "partitions revoked",
            metadata: ["partitions": "\(changed.count)", "held": "\(held.count)"])
    }

    func setPaused(_ isPaused: Bool, _ client: OpaquePointer) {
        let held = state.withLock { state in
            state.isPaused = isPaused
            return state.held
        }
        apply(to: held, client)
    }

    private func apply(to partitions: Set<KafkaPartition>, _ client: OpaquePointer) {
        let isPaused = state.withLock { $0.isPaused }
        withNativePartitions(Dictionary(partitions.map { ($0, 0) }) { $1 }) { list in
            _ =
                isPaused
                ? rd_kafka_pause_partitions(client, list)
                : rd_kafka_resume_partitions(client, list)
            // The call always succeeds; each partition has a result of its own.
            let failed = list.elements.filter { $0.err != RD_KAFKA_RESP_ERR_NO_ERROR }
            guard let first = failed.first else { return }
            logger.error(
                isPaused ? "cannot pause partitions" : "cannot resume partitions",
                metadata: [
                    "partitions": "\(failed.count)", "error": "\(KafkaError(first.err))",
                ])
        }
    }

    private func report(_ error: rd_kafka_resp_err_t) {
        guard error != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        logger.error(
            "cannot apply the assignment of partitions", metadata: ["error": "\(KafkaError(error))"]
        )
    }

    private func report(_ failure: OpaquePointer?) {
        guard let failure else { return }
        report(rd_kafka_error_code(failure))
        rd_kafka_error_destroy(failure)
    }
}
