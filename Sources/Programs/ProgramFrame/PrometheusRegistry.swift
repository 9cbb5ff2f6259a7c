package import CoreMetrics
import Synchronization

/// A swift-metrics backend that renders Prometheus' text format 0.0.4.
package final class PrometheusRegistry: MetricsFactory, Sendable {
    private struct Family: Sendable {
        var type: String
        var series: [String: any PrometheusSeries] = [:]
    }

    /// A series as the program names it; looked up each time a metric is recorded.
    private struct SeriesKey: Hashable {
        var label: String
        var dimensions: [String]

        init(_ label: String, _ dimensions: [(String, String)]) {
            self.label = label
            self.dimensions = dimensions.flatMap { [$0, $1] }
        }
    }

    private struct State: Sendable {
        var families: [String: Family] = [:]
        var series: [SeriesKey: any PrometheusSeries] = [:]
    }

    private let state = Mutex(State())
    private let buckets: [Double]

    /// - Parameters:
    ///   - buckets: upper bounds of histograms, in seconds for timers.
    package init(
        buckets: [Double] = [
            0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120, 600,
        ]
    ) {
        self.buckets = buckets
    }

    package func makeCounter(
        label: String, dimensions: [(String, String)]
    ) -> any CounterHandler {
        series(label, dimensions, type: "counter") { PrometheusCounter() }
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        if aggregate {
            series(label, dimensions, type: "histogram") { [buckets] in
                PrometheusHistogram(bounds: buckets, unitsPerNanosecond: 1)
            }
        } else {
            series(label, dimensions, type: "gauge") { PrometheusGauge() }
        }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, type: "gauge") { PrometheusGauge() }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions, type: "histogram") { [buckets] in
            PrometheusHistogram(bounds: buckets, unitsPerNanosecond: 1e-9)
        }
    }

    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    /// The whole registry as text.
    package func render() -> String {
        var text = ""
        for (name, family) in state.withLock(\.families).sorted(by: { $0.key < $1.key }) {
            text += "# TYPE \(name) \(family.type)\n"
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                series.render(name, labels: labels, into: &text)
            }
        }
        return text
    }

    private func series<Series: PrometheusSeries>(
        _ label: String, _ dimensions: [(String, String)], type: String, _ make: () -> Series
    ) -> Series {
        let key = SeriesKey(label, dimensions)
        return state.withLock { state in
            if let known = state.series[key] as? Series { return known }
            let name = Self.sanitize(label)
            let labels = dimensions.map { "\(Self.sanitize($0))=\"\(Self.escape($1))\"" }
                .joined(separator: ",")
            let series = state.families[name]?.series[labels] as? Series ?? make()
            state.families[name, default: Family(type: type)].series[labels] = series
            state.series[key] = series
            return series
        }
    }

    private static func sanitize(_ name: String) -> String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    private static func escape(_ value: String) -> String {
        value.reduce(into: "") { text, character in
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
    }
}

protocol PrometheusSeries: AnyObject, Sendable {
    func render(_ name: String, labels: String, into text: inout String)
}

private func braced(_ labels: String) -> String { labels.isEmpty ? "" : "{\(labels)}" }

final class PrometheusCounter: CounterHandler, PrometheusSeries {
    private let value = Atomic<Int64>(0)
    func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { value.store(0, ordering: .relaxed) }
    func render(_ name: String, labels: String, into text: inout String) {
        text += "\(name)\(braced(labels)) \(value.load(ordering: .relaxed))\n"
    }
}

final class PrometheusGauge: MeterHandler, RecorderHandler, PrometheusSeries {
    private let value = Mutex(0.0)
    func set(_ new: Int64) { set(Double(new)) }
    func set(_ new: Double) { value.withLock { $0 = new } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ new: Int64) { set(Double(new)) }
    func record(_ new: Double) { set(new) }
    func render(_ name: String, labels: String, into text: inout String) {
        text += "\(name)\(braced(labels)) \(value.withLock { $0 })\n"
    }
}

final class PrometheusHistogram: RecorderHandler, TimerHandler, PrometheusSeries {
    private struct State {
        var counts: [Int]
        var sum = 0.0
        var count = 0
    }

    private let state: Mutex<State>
    private let bounds: [Double]
    private let unitsPerNanosecond: Double

    init(bounds: [Double], unitsPerNanosecond: Double) {
        self.bounds = bounds
        self.unitsPerNanosecond = unitsPerNanosecond
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count)))
    }

    func record(_ value: Int64) { record(Double(value)) }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) * unitsPerNanosecond) }
    func record(_ value: Double) {
        state.withLock { state in
            if let index = bounds.firstIndex(where: { value <= $0 }) { state.counts[index] += 1 }
            state.sum += value
            state.count += 1
        }
    }

    func render(_ name: String, labels: String, into text: inout String) {
        let state = state.withLock { $0 }
        let prefix = labels.isEmpty ? "" : labels + ","
        var total = 0
        for (bound, count) in zip(bounds, state.counts) {
            total += count
            text += "\(name)_bucket{\(prefix)le=\"\(bound)\"} \(total)\n"
        }
        text += "\(name)_bucket{\(prefix)le=\"+Inf\"} \(state.count)\n"
        text += "\(name)_sum\(braced(labels)) \(state.sum)\n"
        text += "\(name)_count\(braced(labels)) \(state.count)\n"
    }
}
