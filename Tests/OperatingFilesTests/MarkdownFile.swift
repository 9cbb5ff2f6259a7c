import Foundation

/// A Markdown file of the repository: its links and the anchors of its headings.
struct MarkdownFile {
    /// A relative link: a path, an anchor, or both.
    struct Link: CustomStringConvertible {
        var path: String
        var anchor: String?
        var description: String { path + (anchor.map { "#\($0)" } ?? "") }
    }

    let path: String
    private(set) var links: [Link] = []
    private(set) var anchors: Set<String> = []

    init(path: String) throws {
        self.path = path
        var isCode = false
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            if line.hasPrefix("```") { isCode.toggle() }
            // An indented line is code, or continues a paragraph or an item, which can have links.
            guard !isCode else { continue }
            if line.hasPrefix("#") { addAnchor(of: line.drop { $0 == "#" || $0 == " " }) }
            addLinks(in: line)
        }
    }

    /// Every Markdown file below a folder, except in hidden folders.
    static func all(below folder: String) throws -> [MarkdownFile] {
        guard let files = FileManager.default.enumerator(atPath: folder) else { return [] }
        var found: [MarkdownFile] = []
        while let name = files.nextObject() as? String {
            let last = name.split(separator: "/").last ?? ""
            if last.hasPrefix(".") { files.skipDescendants() }
            if last.hasSuffix(".md") { found.append(try MarkdownFile(path: "\(folder)/\(name)")) }
        }
        return found
    }

    /// The file that a link names; this one if it names only an anchor.
    func target(of link: Link) -> String {
        guard !link.path.isEmpty else { return path }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        return folder.appendingPathComponent(link.path).standardizedFileURL.path
    }

    private mutating func addLinks(in line: Substring) {
        let text = line.replacing(/`[^`]*`/, with: "")
        for match in text.matches(of: /\]\(([^()\s]+)\)/) where !match.output.1.contains(":") {
            let parts = match.output.1.split(
                separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            links.append(
                Link(path: String(parts[0]), anchor: parts.count > 1 ? String(parts[1]) : nil))
        }
    }

    /// Forms anchors as GitHub does.
    private mutating func addAnchor(of heading: Substring) {
        let plain = heading.replacing(/\]\([^)]*\)/, with: "").lowercased()
        let slug = plain.compactMap { character -> Character? in
            if character == " " { return "-" }
            let isKept = character.isLetter || character.isNumber || "-_".contains(character)
            return isKept ? character : nil
        }
        let base = String(slug)
        var (name, count) = (base, 0)
        while anchors.contains(name) {
            count += 1
            name = "\(base)-\(count)"
        }
        anchors.insert(name)
    }
}
