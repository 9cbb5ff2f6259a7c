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
    func `the error names the invalid property`(name: String, value: String, named: String) {
        var properties = [name: value]
        if name.hasPrefix("ssl.") { properties["security.protocol"] = "ssl" }
        let configuration = KafkaConfiguration(
            bootstrapServers: "127.0.0.1:1", properties: properties)
        let error = #expect(throws: KafkaError.self) { try configuration.validate() }
        #expect(error?.message.contains(named) == true, "\(error?.message ?? "")")
        #expect(error?.isTransient == false)
    }

    @Test func `the error names properties that contradict each other`() {
        let configuration = KafkaConfiguration(
            bootstrapServers: "127.0.0.1:1", properties: ["acks": "1"])
        let error = #expect(throws: KafkaError.self) { try configuration.validate() }
        #expect(error?.message.contains("acks") == true)
    }

    @Test func `properties are pairs of names and values`() throws {
        let text = "sasl.mechanism=PLAIN;;sasl.jaas=a=b"
        #expect(
            try KafkaConfiguration.properties(text) == [
                "sasl.mechanism": "PLAIN", "sasl.jaas": "a=b",
            ])
    }

    @Test(arguments: [
        ("sasl.password=", "property 2 has no value"),
        ("sasl.password=ab;secret=", "property 3 has no value"),
        ("=secret", "name=value"),
        ("secret", "name=value"),
    ])
    func `an incomplete property is refused without printing its value`(
        text: String, reason: String
    ) {
        let error = #expect(throws: KafkaError.self) {
            try KafkaConfiguration.properties("acks=all;" + text)
        }
        #expect(error?.message.contains(reason) == true)
        #expect(error?.message.contains("secret") == false)
    }

    @Test(arguments: ["", " , "])
    func `a configuration without brokers is refused`(servers: String) {
        let error = #expect(throws: KafkaError.self) {
            try KafkaConfiguration(bootstrapServers: servers).validate()
        }
        #expect(error?.message.contains("bootstrap.servers") == true)
    }

    @Test func `an operator's properties override those of Millrace`() throws {
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
