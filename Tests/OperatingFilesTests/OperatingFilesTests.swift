import LocalCluster
import FoundationEssentials
import TestSupport
import Testing

/// The files that operators run, checked against their specifications without a container
/// engine.
@Suite(.timeLimit(.minutes(5))) struct OperatingFilesTests {
    private let repository = Runtime.repository
    private let promtool = Runtime.path + "/promtool/promtool"

    @Test func `the compose file is valid and its programs can be scaled`() async throws {
        try await checkCompose(repository + "/docker-compose.yml")
    }

    @Test(arguments: [
        ("postgresql://flusher:", "postgresql://millrace:"),
        ("flusher flusher ", "flusher parse_worker "),
        ("flusher flusher ${FLUSHER_PASSWORD:-flusher}\n", "flusher flusher another\n"),
    ])
    func `the check finds a program that does not log in as itself`(line: String, spoilt: String)
        async throws
    {
        let text = try String(
            contentsOfFile: repository + "/docker-compose.yml", encoding: .utf8)
        try #require(text.contains(line))
        let file = "/tmp/millrace-compose-\(UUID().uuidString).yml"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try text.replacing(line, with: spoilt)
            .write(toFile: file, atomically: true, encoding: .utf8)
        let error = await #expect(throws: (any Error).self) { try await checkCompose(file) }
        #expect("\(error as Any)".contains("flusher does not log in as"))
    }

    @Test(arguments: [
        ("embed-worker", "    container_name: embedder\n"),
        ("flusher", "    ports: ['127.0.0.1:9999:9999']\n"),
        ("chunk-worker", "    no_such_key: 1\n"),
        ("reconciler", "    healthcheck: {test: 5}\n"),
        ("reconciler", "    healthcheck: {test: [CMD, millrace, probe, --port, '9090']}\n"),
        ("embed-worker", "    build: {context: .}\n"),
    ])
    func `the check finds each fault`(service: String, line: String) async throws {
        let file = repository + "/docker-compose.yml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let spoilt = "/tmp/millrace-compose-\(UUID().uuidString).yml"
        defer { try? FileManager.default.removeItem(atPath: spoilt) }
        let parts = text.split(separator: "\n  \(service):\n", maxSplits: 1)
        try #require(parts.count == 2)
        try "\(parts[0])\n  \(service):\n\(line)\(parts[1])"
            .write(toFile: spoilt, atomically: true, encoding: .utf8)
        await #expect(throws: (any Error).self) { try await checkCompose(spoilt) }
    }

    @Test func `the Prometheus configuration and its rules are valid`() async throws {
        let folder = repository + "/ops/prometheus"
        try await run(promtool, "check", "config", folder + "/prometheus.yml")
        try await run(promtool, "check", "rules", folder + "/alerts.yml")
        try await run(promtool, "test", "rules", folder + "/alerts_test.yml")
    }

    @Test func `alerts use existing metrics and link existing runbooks`() throws {
        let rules = try String(
            contentsOfFile: repository + "/ops/prometheus/alerts.yml", encoding: .utf8)
        let catalogue = try String(
            contentsOfFile: repository + "/Sources/Pipeline/Telemetry.swift", encoding: .utf8)
        let metrics = rules.matches(of: /millrace_[a-z_]+/).map { String($0.output) }
        #expect(metrics.count > 3)
        for metric in metrics { #expect(catalogue.contains("\"\(metric)\""), "\(metric)") }
        for match in rules.matches(of: /runbook_url: (\S+)/) {
            #expect(FileManager.default.fileExists(atPath: "\(repository)/\(match.output.1)"))
        }
    }

    private func checkCompose(_ file: String) async throws {
        try await run(
            "/usr/bin/python3", repository + "/Tests/OperatingFilesTests/check_compose.py", file,
            Runtime.path + "/compose_schema/compose-spec.json",
            repository + "/docs/reference/configuration.md")
    }

    /// Runs a program; fails with its output unless it succeeds.
    private func run(_ program: String, _ arguments: String...) async throws {
        let log = "/tmp/millrace-operating-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: log) }
        let specification = ProcessSpecification(
            executable: program, arguments: arguments, environment: ["PATH": "/usr/bin:/bin"],
            log: log)
        let exit = try await onOwnThread { () throws(ClusterError) in
            try ChildProcess.start(specification).wait(seconds: 60)
        }
        guard exit == .code(0) else {
            let output = FileManager.default.contents(atPath: log) ?? Data()
            throw UserError(text: String(decoding: output, as: UTF8.self))
        }
    }

    private struct UserError: Error, CustomStringConvertible {
        let text: String
        var description: String { text }
    }
}
