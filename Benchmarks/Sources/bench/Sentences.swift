import Foundation

/// Sentences from documentation: Markdown files and doc comments in Swift.
enum Sentences {
    /// Returns `count` sentences, shuffled. The result is the same for the same files.
    static func found(in folder: String, count: Int) throws -> [String] {
        guard let files = FileManager.default.enumerator(atPath: folder) else {
            throw BenchFailure("\(folder) cannot be read")
        }
        var found: Set<String> = []
        for case let file as String in files where file.hasSuffix(".swift") || file.hasSuffix(".md")
        {
            guard let text = try? String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            else {
                continue
            }
            for paragraph in paragraphs(text, isSwift: file.hasSuffix(".swift")) {
                found.formUnion(paragraph.components(separatedBy: ". ").filter(isSentence))
            }
        }
        guard found.count >= count else {
            throw BenchFailure("\(folder) has \(found.count) sentences of \(count)")
        }
        var generator = Generator()
        return Array(found.sorted().shuffled(using: &generator).prefix(count))
    }

    private static func paragraphs(_ text: String, isSwift: Bool) -> [String] {
        var (paragraphs, lines) = ([String](), [Substring]())
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var line = line.drop { $0 == " " }
            if isSwift { line = line.hasPrefix("///") ? line.dropFirst(3).drop { $0 == " " } : "" }
            if line.isEmpty || line.first?.isLetter == false {
                paragraphs.append(lines.joined(separator: " "))
                lines = []
            }
            if line.first?.isLetter == true { lines.append(line) }
        }
        return paragraphs + [lines.joined(separator: " ")]
    }

    private static func isSentence(_ text: String) -> Bool {
        guard text.first?.isLetter == true else { return false }
        let words = text.split(separator: " ").count
        let letters = text.unicodeScalars.count { $0.properties.isAlphabetic }
        return (8...40).contains(words) && letters * 10 > text.unicodeScalars.count * 7
    }

    /// Whether the sentence has no identifiers, each of which a model splits into several tokens.
    static func isPlain(_ sentence: String) -> Bool {
        sentence.split(separator: " ").allSatisfy { word in
            word.allSatisfy { $0.isLetter || $0 == "," }
                && word.dropFirst().allSatisfy { !$0.isUppercase }
        }
    }

    /// SplitMix64.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64 = 1
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }
    }
}
