/// One way of doing a piece of work.
protocol Side {
    var name: String { get }
    func run(_ site: Site) throws -> Sample
}

/// The same work done by several sides in turns, so that other load on the machine affects all.
struct Comparison {
    var title: String
    /// What is counted, in the plural.
    var unit: String
    /// The first side is the baseline of the others if `hasFloor` is true.
    var sides: [any Side]
    var hasFloor = true

    struct Outcome {
        var comparison: Comparison
        /// The samples of each side, in the order of `comparison.sides`.
        var samples: [[Sample]]

        /// The sample with the median rate of each side.
        var medians: [Sample] {
            samples.map { samples in
                let sorted = samples.sorted { $0.rate < $1.rate }
                return sorted[sorted.count / 2]
            }
        }

        /// The median of the ratios within each turn.
        func ratio(of side: Int) -> Double {
            let ratios = zip(samples[side], samples[0]).map { $0.rate / $1.rate }.sorted()
            return ratios[ratios.count / 2]
        }
    }

    func run(_ site: Site, repetitions: Int, report: (String) -> Void) throws -> Outcome {
        var samples = [[Sample]](repeating: [], count: sides.count)
        for turn in 1...repetitions {
            for (index, side) in sides.enumerated() {
                let sample = try side.run(site)
                samples[index].append(sample)
                report("\(title), turn \(turn): \(side.name): \(Int(sample.rate)) \(unit)/s")
            }
        }
        return Outcome(comparison: self, samples: samples)
    }
}
