import Foundation

/// The chunker by itself, on real Markdown. Measures the program's processor time without its
/// startup.
struct ChunkerAlone: Side {
    let name: String
    /// The `--by` option of chunk-speed: count, tokens or characters.
    let measure: String
    let markdown: Data

    private static var times: Int { 40 }

    func run(_ site: Site) throws -> Sample {
        let file = try site.folder() + "/prose.md"
        try markdown.write(to: URL(filePath: file))
        let program = Process()
        let output = Pipe()
        program.executableURL = URL(filePath: site.program("chunk-speed"))
        program.arguments = [
            "--by", measure, "--times", "\(Self.times)",
            "--ranks", site.runtime + "/cl100k/cl100k_base.tiktoken", file,
        ]
        program.standardOutput = output
        try program.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        program.waitUntilExit()
        let numbers = String(decoding: text, as: UTF8.self).split { $0.isWhitespace }
            .compactMap { Double($0) }
        guard program.terminationStatus == 0, numbers.count == 2 else {
            throw BenchFailure("chunk-speed failed")
        }
        return Sample(
            units: Int(numbers[0] / 1e6), seconds: numbers[1], cpuSeconds: numbers[1], walBytes: 0,
            peakMB: 0)
    }

    /// - Parameter folder: the folder whose Markdown files are chunked, joined into one text.
    static func comparison(proseIn folder: String) throws -> Comparison {
        guard let files = FileManager.default.enumerator(atPath: folder) else {
            throw BenchFailure("\(folder) cannot be read")
        }
        let names = files.compactMap { $0 as? String }.filter { $0.hasSuffix(".md") }.sorted()
        let markdown = try names.reduce(into: Data()) {
            $0.append(try Data(contentsOf: URL(filePath: "\(folder)/\($1)")))
        }
        return Comparison(
            title: "cutting, CPU of the chunker alone", unit: "MB",
            sides: [
                ChunkerAlone(
                    name: "tokens are counted, no more", measure: "count", markdown: markdown),
                ChunkerAlone(name: "by exact tokens", measure: "tokens", markdown: markdown),
                ChunkerAlone(name: "by characters", measure: "characters", markdown: markdown),
            ])
    }
}
