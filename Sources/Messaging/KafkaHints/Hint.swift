package import Domain
import FoundationEssentials
import Kafka

/// The message on a work topic: `{"v":1,"job":"…","queue":"parse"}`.
package struct Hint: Codable, Sendable, Equatable {
    package static let version = 1
    /// A hint is about 80 bytes. A much larger message is not a hint.
    static let bytesMax = 4096

    package var v: Int
    package var job: JobID
    package var queue: String

    package init(job: JobID, queue: WorkQueue) {
        v = Self.version
        self.job = job
        self.queue = queue.rawValue
    }

    /// Why a message is not a valid hint for a queue.
    package struct Rejection: Error, Equatable { package let reason: String }

    /// Decodes a hint. Rejects a message that is malformed or of another version or queue.
    package static func read(
        _ bytes: [UInt8], on queue: WorkQueue
    ) throws(Rejection) -> JobID {
        guard bytes.count <= bytesMax else { throw Rejection(reason: "too_large") }
        let hint: Hint
        do {
            hint = try JSONDecoder().decode(Hint.self, from: Data(bytes))
        } catch {
            throw Rejection(reason: "not_a_hint")
        }
        guard hint.v == version else { throw Rejection(reason: "unknown_version") }
        guard hint.queue == queue.rawValue else { throw Rejection(reason: "wrong_queue") }
        return hint.job
    }

    package var bytes: [UInt8] {
        // The keys are fixed and the values are a UUID and a name, so nothing needs escaping.
        Array("{\"v\":\(v),\"job\":\"\(job)\",\"queue\":\"\(queue)\"}".utf8)
    }

    var record: KafkaRecord { KafkaRecord(key: Array(job.description.utf8), value: bytes) }
}

/// Topic names, under one prefix.
package struct Topics: Sendable {
    package let prefix: String
    package init(prefix: String = "millrace") { self.prefix = prefix }

    package func name(of queue: WorkQueue) -> String { "\(prefix).\(queue.rawValue)" }
    /// Receives messages that are not hints.
    package var deadletter: String { "\(prefix).deadletter" }
    /// All topics of a pipeline.
    package var all: [String] { WorkQueue.allCases.map(name) + [deadletter] }
}
