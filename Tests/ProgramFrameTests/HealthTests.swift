import AsyncHTTPClient
import CoreMetrics
import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import NIOHTTP1
import ProgramFrame
import TestSupport
import Testing

/// Liveness, readiness, and what a program does when its servers are unreachable.
@Suite(.timeLimit(.minutes(5))) struct HealthTests {
    struct Broken: Error, CustomStringConvertible { let description = "it is broken" }

    @Test func `the readiness endpoint names each failing check with its cause`() async throws {
        let health = Health(limit: .milliseconds(50))
        let registry = PrometheusRegistry()
        let server = AdminServer.make(
            host: "127.0.0.1", port: 0, health: health, metrics: registry,
            logger: TestBroker.silent)
        try await server.test(.live) { client in
            let get = { @Sendable (uri: String) in try await client.execute(uri: uri, method: .get)
            }
            #expect(try await get("/livez").status == .ok)
            let ready = try await get("/readyz")
            #expect(ready.status == .ok)
            #expect(String(buffer: ready.body) == "ready\n")
            health.add("sound", .required) {}
            health.add("limping", .wanted) { throw Broken() }
            let degraded = try await get("/readyz")
            #expect(degraded.status == .ok)
            #expect(String(buffer: degraded.body) == "degraded\nlimping: it is broken\n")
            health.add("broken", .required) { throw Broken() }
            health.add("slow", .required) { try await Task.sleep(for: .seconds(3600)) }
            let unready = try await get("/readyz")
            #expect(unready.status == .serviceUnavailable)
            #expect(
                String(buffer: unready.body)
                    == "not ready\nbroken: it is broken\nlimping: it is broken\n"
                    + "slow: no answer within 0.05 seconds\n")
            #expect(try await get("/livez").status == .ok)
            registry.makeCounter(label: "n", dimensions: []).increment(by: 1)
            let metrics = try await get("/metrics")
            #expect(metrics.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(String(buffer: metrics.body) == "# TYPE n counter\nn 1\n")
        }
    }

    @Test func `a program starts without its servers, reports them and exits on SIGTERM`()
        async throws
    {
        let process = Process()
        process.executableURL = URL(filePath: Runtime.program("flusher"))
        process.environment = [
            "MILLRACE_POSTGRES_URL": "postgresql://user:secret-word@127.0.0.1:1/none",
            "MILLRACE_KAFKA_BROKERS": "127.0.0.1:1",
        ]
        let output = Pipe()
        process.standardError = output
        try process.run()
        defer { process.terminate() }
        var log = ""
        var port: Int?
        while port == nil {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { break }
            log += String(decoding: data, as: UTF8.self)
            port = log.firstMatch(of: /endpoint listens.*"port":"(\d+)"/).flatMap { Int($0.1) }
        }
        let address = "http://127.0.0.1:\(try #require(port, "\(log)"))"
        let live = try await get(address + "/livez")
        #expect(live.text == "ok\n")
        let ready = try await get(address + "/readyz")
        #expect(ready.status == 503)
        #expect(ready.text.contains("postgres: ") && ready.text.contains("kafka: "))
        process.terminate()
        log += String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(!(log + ready.text).contains("secret-word"))
        for line in log.split(separator: "\n") {
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        }
    }

    private func get(_ url: String) async throws -> (status: UInt, text: String) {
        let response = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: url), timeout: .seconds(20))
        return (response.status.code, String(buffer: try await response.body.collect(upTo: 9999)))
    }

    @Test func `a program with invalid settings exits at once and names them`() throws {
        let process = Process()
        process.executableURL = URL(filePath: Runtime.program("flusher"))
        process.environment = ["MILLRACE_SLOTS": "many"]
        process.arguments = ["--nonsense", "1"]
        let output = Pipe()
        process.standardError = output
        try process.run()
        let said = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 64)
        for part in ["MILLRACE_SLOTS", "MILLRACE_POSTGRES_URL", "--kafka-brokers", "--nonsense"] {
            #expect(said.contains(part), "\(part)")
        }
    }
}
