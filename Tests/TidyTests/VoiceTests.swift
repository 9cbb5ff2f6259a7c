import FoundationEssentials
import TestSupport
import Testing

/// Holds comments, strings and documents to the voice that CONTRIBUTING.md asks for.
@Suite struct VoiceTests {
    @Test func `prose stays in plain English`() throws {
        var lines: [Prose.Kind: Int] = [:]
        var found: [Prose.Kind: [Voice: [String]]] = [:]
        for file in try Repository.files() where !Repository.quotesPhrases(file) {
            for line in Prose(of: try Repository.text(of: file), in: file).lines {
                lines[line.kind, default: 0] += 1
                for voice in Voice.allCases where voice.count(in: line.text) > 0 {
                    found[line.kind, default: [:]][voice, default: []].append(
                        "\(file):\(line.number): \(line.text)")
                }
            }
        }
        for (kind, count) in lines {
            #expect(count > 1000, "too few \(kind.rawValue) were read")
            for (voice, uses) in found[kind] ?? [:] {
                #expect(
                    Double(uses.count) * 1000 <= Voice.limit * Double(count),
                    "\(voice.rawValue), in \(kind.rawValue):\n\(uses.joined(separator: "\n"))")
            }
        }
    }

    @Test(arguments: [
        ("a.swift", "let x = 1 // The queue tells nobody.", 1),
        ("a.swift", "/* heard\n told */ let y = 2", 2),
        ("a.swift", "throw Fault(\"told \\(name) \\(f(\"x\")) of it\")", 1),
        ("a.swift", "let told = heard(tell)", 0),
        ("a.swift", "let text = \"\"\"\n  It is told.\n  \"\"\"", 1),
        ("a.swift", "@Test func `a worker is told`() {}", 1),
        ("a.sql", "-- tells\nSELECT told FROM heard WHERE x = 'told'", 2),
        ("a.md", "It tells.\n```\ntold\n```\nand `told` again", 1),
        ("a.yml", "summary: it was told", 1),
        ("scripts/a", "# tells\nheard=1\necho \"told\"", 2),
    ])
    func `only comments, strings and documents count as prose`(
        file: String, text: String, count: Int
    ) {
        let uses = Prose(of: text, in: file).lines.map { Voice.talking.count(in: $0.text) }
        #expect(uses.reduce(0, +) == count)
    }

    @Test func `a phrase counts only as a whole`() {
        #expect(Voice.hinges.count(in: "all the same, it is for everyone") == 1)
        #expect(Voice.hinges.count(in: "All of the same kind") == 0)
    }
}
