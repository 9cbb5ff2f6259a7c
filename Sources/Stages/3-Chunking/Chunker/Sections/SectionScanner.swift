/// Reads Markdown line by line and yields its sections in order.
///
/// Relies on the output of the parsers: headings begin with '#', table rows with '|', and pages end
/// with a form feed. Other notations are read as paragraphs.
struct SectionScanner {
    private let text: TextBytes
    private var at = 0
    private var page = 1
    private var path: [(level: Int, title: String)] = []
    private var context = LineContext()

    init(_ text: TextBytes) {
        self.text = text
    }

    mutating func next() -> Section? {
        while at < text.count {
            let section = readSection()
            if !section.range.isEmpty { return section }
        }
        return nil
    }

    /// Reads up to the next heading or page. The range is empty when there are only blanks.
    private mutating func readSection() -> Section {
        context.beginSection()
        let page = page
        var breaks: [LineBreak] = []
        var tables = TableFinder()
        var start: Int?
        var hasBody = false
        var end = at
        while at < text.count {
            let line = MarkdownLine(text, at: at, in: context.fence)
            if case .heading = line.kind, start != nil { break }
            let isRow = tables.read(line, text)
            if case .heading(let level) = line.kind {
                enter(line, level: level)
            } else if line.kind != .blank {
                hasBody = true
                if !isRow, start != nil, let strength = context.strength(of: line) {
                    breaks.append(LineBreak(offset: line.range.lowerBound, strength: strength))
                }
            }
            if line.kind != .blank {
                start = start ?? line.first
                end = line.range.upperBound
            }
            context.note(line, text)
            at = line.next
            if line.endsPage {
                self.page += 1
                break
            }
        }
        tables.close()
        let first = start ?? end
        return Section(
            range: first..<text.trimBlanks(before: end, from: first),
            level: path.last?.level ?? 0, path: path.map(\.title), hasBody: hasBody, page: page,
            breaks: breaks, tables: tables.tables)
    }

    /// Appends a heading's title to the path, in place of titles of the same or a lower level.
    private mutating func enter(_ line: MarkdownLine, level: Int) {
        let hashes = line.first + level
        guard let title = HeadingTitle.range(text, after: hashes, to: line.range.upperBound)
        else { return }
        path.removeAll { $0.level >= level }
        path.append((level, HeadingTitle.string(text, title)))
    }
}

/// How the lines before a line affect a cut in front of it.
struct LineContext {
    /// The fence of the open code block.
    private(set) var fence: MarkdownLine.Fence?
    private var previous = MarkdownLine.Kind.blank
    private var afterBlank = false
    private var inList = false
    private var afterColon = false

    /// Resets everything except open code at a page or heading.
    mutating func beginSection() {
        previous = .blank
        afterBlank = false
        inList = false
        afterColon = false
    }

    /// The strength of the break before the line; `nil` inside a paragraph.
    func strength(of line: MarkdownLine) -> BreakStrength? {
        switch (previous, line.kind) {
        case (.heading, _), (.tableRule, .row), (_, .tableRule), (_, .fenceEnd): .word
        case (.fence, .code): .word
        case (_, .code): afterBlank ? .gap : .item
        case (.row, .row): afterBlank ? .block : .item
        case (_, .item) where inList: afterBlank ? .gap : .item
        case (_, .item), (_, .row), (_, .fence): afterColon || !afterBlank ? .line : .block
        case (_, .text) where afterBlank:
            inList && line.first - line.range.lowerBound >= 2 ? .gap : .block
        case (.row, .text), (.tableRule, .text), (.fenceEnd, .text): .block
        case (.thematicBreak, _), (_, .thematicBreak): .block
        default: nil
        }
    }

    /// Records the line as the previous one.
    mutating func note(_ line: MarkdownLine, _ text: TextBytes) {
        switch line.kind {
        case .blank:
            afterBlank = true
            return
        case .fence(let opened): fence = opened
        case .fenceEnd: fence = nil
        case .item: inList = true
        case .text: if afterBlank, line.first == line.range.lowerBound { inList = false }
        case .heading, .thematicBreak, .row: inList = false
        case .tableRule, .code: break
        }
        let end = text.trimBlanks(before: line.range.upperBound, from: line.first)
        afterColon = text[end - 1] == UInt8(ascii: ":")
        afterBlank = false
        previous = line.kind
    }
}
