import Kafka
import Testing

@Suite struct ConfigurationTests {
    @Test(arguments: [
        ("no.such.thing", "1", "no.such.thing"),
        ("linger.ms", "soon", "linger.ms"),
        ("acks", "123456789", "acks"),
        ("session.timeout.ms", "99999999", "session.timeout.ms"),
        ("ssl.ca.location", "/no/such/file.pem", "ssl.ca.location"),
        ("group.id", "mine", "group.id"),
        ("enable.auto.offset.store", "true", "enable.auto.offset.store"),
    ])
    func `a bad property is named`(name: String, value: String, told: String) {
        var properties = [name: value]
        if name.hasPrefix("ssl.") { properties["security.protocol"] = "ssl" }
        let configuration = KafkaConfiguration(
            bootstrapServers: "127.0.0.1:1", properties: properties)
        let error = #expect(throws: KafkaError.self) { try configuration.validate() }
        #expect(error?.message.contains(told) == true, "\(error?.message ?? "")")
        #expect(error?.isTransient == false)
    }

    @Test func `properties that do not go together are named`() {
        let configuration = KafkaConfiguration(
            bootstrapServers: "127.0.0.1:1", properties: ["acks": "1"])
        let error = #expect(throws: KafkaError.self) { try configuration.validate() }
        #expect(error?.message.contains("acks") == true)
    }

    @Test(arguments: ["", " , "])
    func `a configuration without brokers is refused`(servers: String) {
        let error = #expect(throws: KafkaError.self) {
            try KafkaConfiguration(bootstrapServers: servers).validate()
        }
        #expect(error?.message.contains("bootstrap.servers") == true)
    }

    @Test func `every property of ours gives way to an operator's`() throws {
        try KafkaConfiguration(
            bootstrapServers: "127.0.0.1:1",
            properties: [
                "enable.idempotence": "false", "acks": "1", "message.timeout.ms": "0",
                "auto.offset.reset": "latest", "session.timeout.ms": "45000",
                "sasl.mechanism": "PLAIN", "sasl.username": "u", "sasl.password": "p",
                "security.protocol": "sasl_plaintext",
            ]
        ).validate()
    }
}
