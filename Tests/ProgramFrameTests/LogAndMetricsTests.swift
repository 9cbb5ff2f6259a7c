import CoreMetrics
import Foundation
import Logging
import Testing

@testable import ProgramFrame

/// The formats that operators' tools read: lines of JSON, and Prometheus' text format.
@Suite(.timeLimit(.minutes(5))) struct LogAndMetricsTests {
    private func object(
        _ handler: JSONLogHandler, _ message: Logger.Message, _ metadata: Logger.Metadata = [:]
    ) throws -> [String: String] {
        let line = handler.line(
            for: LogEvent(
                level: .warning, message: message, metadata: metadata, source: "test",
                file: "f", function: "f", line: 1))
        #expect(line.hasSuffix("}\n") && line.dropLast().contains("\n") == false)
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
        return try #require(object as? [String: String])
    }

    @Test func `a log line is one JSON object, even with control characters`() throws {
        let nasty = "quote\" slash\\ line\nreturn\r tab\t nul\u{0} bell\u{7} é 漢 \u{2028}"
        var handler = JSONLogHandler(program: "p\"q", level: .info)
        handler.metadata = ["job_id": "1", "both": "handler"]
        let object = try object(handler, "\(nasty)", ["both": "event", "k\"": "\(nasty)"])
        #expect(object["message"] == nasty)
        #expect(object["program"] == "p\"q")
        #expect(object["level"] == "warning")
        #expect(object["job_id"] == "1")
        #expect(object["both"] == "event")
        #expect(object["k\""] == nasty)
        let time = try #require(object["ts"])
        #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
    }

    @Test func `metrics are rendered in the Prometheus text format`() {
        let registry = PrometheusRegistry(buckets: [0.1, 1])
        let jobs = registry.makeCounter(label: "jobs_total", dimensions: [("queue", "a\"b\\c\nd")])
        jobs.increment(by: 2)
        registry.makeCounter(label: "jobs_total", dimensions: [("queue", "a\"b\\c\nd")])
            .increment(by: 3)
        registry.makeMeter(label: "slots", dimensions: []).set(Int64(4))
        let seconds = registry.makeTimer(label: "work.seconds", dimensions: [("queue", "x")])
        seconds.recordNanoseconds(50_000_000)
        seconds.recordNanoseconds(500_000_000)
        seconds.recordNanoseconds(5_000_000_000)
        #expect(
            registry.render() == """
                # TYPE jobs_total counter
                jobs_total{queue="a\\"b\\\\c\\nd"} 5
                # TYPE slots gauge
                slots 4.0
                # TYPE work_seconds histogram
                work_seconds_bucket{queue="x",le="0.1"} 1
                work_seconds_bucket{queue="x",le="1.0"} 2
                work_seconds_bucket{queue="x",le="+Inf"} 3
                work_seconds_sum{queue="x"} 5.55
                work_seconds_count{queue="x"} 3

                """)
    }

    @Test func `concurrent increments are all counted`() async {
        let registry = PrometheusRegistry()
        await withDiscardingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        registry.makeCounter(label: "n", dimensions: []).increment(by: 1)
                    }
                }
            }
        }
        #expect(registry.render() == "# TYPE n counter\nn 8000\n")
    }
}
