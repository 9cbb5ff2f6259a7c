import Kafka
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct AdminTests {
    @Test func `existing topics are not changed`() async throws {
        let topic = try TestTopic(partitions: 4)
        // An external broker creates the topic on first use.
        try await topic.send(0..<1, with: topic.producer())
        let admin = try KafkaAdmin(
            KafkaConfiguration(bootstrapServers: topic.bootstrapServers), logger: TestTopic.silent)
        let created = try await admin.createMissing(
            [topic.name], partitions: 9, replication: nil, timeout: .seconds(60))
        #expect(created == [])
    }

    /// librdkafka's mock cluster cannot create topics on request.
    @Test(.enabled(if: !TestTopic.isEmbedded))
    func `missing topics are created once and can be used`() async throws {
        let (first, second) = (try TestTopic(), TestBroker.uniqueName())
        let admin = try KafkaAdmin(
            KafkaConfiguration(bootstrapServers: first.bootstrapServers), logger: TestTopic.silent)
        let names = [first.name, second]
        let created = try await admin.createMissing(
            names, partitions: 2, replication: 1, timeout: .seconds(60))
        #expect(created == names)
        let again = try await admin.createMissing(
            names, partitions: 2, replication: 1, timeout: .seconds(60))
        #expect(again == [])
        try await first.send(0..<1, with: first.producer())
        #expect(try await first.consumer().receive(1) == ["v0"])
    }

    @Test func `without a broker the wait ends with the reason`() async throws {
        let admin = try KafkaAdmin(
            KafkaConfiguration(bootstrapServers: "127.0.0.1:1"), logger: TestTopic.silent)
        let error = await #expect(throws: KafkaError.self) {
            try await admin.createMissing(
                ["a"], partitions: 1, replication: nil, timeout: .milliseconds(500))
        }
        #expect(error?.isTransient == true)
    }
}
