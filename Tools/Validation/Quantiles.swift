/// The median and the 99th percentile of a sample.
struct Quantiles: Sendable {
    var median: Double
    var p99: Double
    var count: Int

    var inSeconds: String { "\(median.short) s, \(p99.short) s" }
}

extension [Double] {
    var quantiles: Quantiles {
        let sorted = sorted()
        func quantile(_ share: Double) -> Double {
            sorted.isEmpty ? 0 : sorted[Int((Double(sorted.count - 1) * share).rounded(.up))]
        }
        return Quantiles(median: quantile(0.5), p99: quantile(0.99), count: sorted.count)
    }
}

extension Int {
    /// As in `10,000`.
    var grouped: String {
        guard self >= 1000 else { return "\(self)" }
        let rest = "\(self % 1000)"
        return (self / 1000).grouped + "," + String(repeating: "0", count: 3 - rest.count) + rest
    }
}

extension Double {
    /// About three digits, as in `0.042`, `1.35` and `417`.
    var short: String {
        switch abs(self) {
        case 100...: Int(rounded()).grouped
        case 10..<100: decimals(1)
        case 1..<10: decimals(2)
        default: decimals(3)
        }
    }

    private func decimals(_ count: Int) -> String {
        let scale = (0..<count).reduce(1) { product, _ in product * 10 }
        let scaled = Int((abs(self) * Double(scale)).rounded())
        let fraction = "\(scaled % scale)"
        let zeros = String(repeating: "0", count: count - fraction.count)
        return (self < 0 ? "-" : "") + "\(scaled / scale).\(zeros)\(fraction)"
    }
}
