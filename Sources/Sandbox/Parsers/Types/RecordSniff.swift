import Domain

/// Detects texts that are records of a program: mails, subtitles, JSON. Only what is beyond doubt
/// is detected, so that a text about mails stays a text.
struct RecordSniff {
    private let sample: DocumentSample
    /// The first lines, without their ends.
    private let lines: [Substring]

    private static let linesMax = 400

    init(_ sample: DocumentSample) {
        self.sample = sample
        let text = String(decoding: sample.head.prefix(16_384).filter { $0 != 0 }, as: UTF8.self)
        let body = text.drop { ["\u{feff}", "\u{fffd}"].contains($0) || $0.isNewline }
        lines = body.split(
            maxSplits: Self.linesMax, omittingEmptySubsequences: false,
            whereSeparator: \.isNewline
        ).dropLast(body.utf8.count > 15_000 ? 1 : 0)
    }

    /// A mail, a mailbox or a saved page; `nil` for other texts.
    var mail: MediaType? {
        guard let first = lines.first else { return nil }
        if Self.isSeparator(first) {
            return lines.dropFirst().first.flatMap(Self.header) == nil ? nil : .mailbox
        }
        guard let headers else { return nil }
        let isSaved =
            headers["snapshot-content-location"] != nil
            || headers["from"]?.lowercased().hasPrefix("<saved by ") == true
        if isSaved { return .savedPage }
        let marks = [
            "message-id", "mime-version", "received", "return-path", "delivered-to",
            "dkim-signature", "x-mailer",
        ]
        let isMail =
            headers["from"] != nil && headers["date"] != nil
            && marks.contains { headers[$0] != nil }
        return isMail ? .mail : nil
    }

    /// Subtitles, a notebook or JSON.
    ///
    /// - Parameter isNamed: the type of the document is stated, so JSON may be plain text.
    func data(isNamed: Bool) -> MediaType? {
        guard let first = lines.first else { return nil }
        if first == "WEBVTT" || first.hasPrefix("WEBVTT ") || first.hasPrefix("WEBVTT\t") {
            return .webVTT
        }
        if isSubRip { return .subRip }
        let start = lines.joined().filter { !$0.isWhitespace }.prefix(3)
        guard start.hasPrefix("{\"") || start.hasPrefix("[{\"") else { return nil }
        if start.hasPrefix("{"), contains("\"nbformat\""), contains("\"cells\"") {
            return .notebook
        }
        return isNamed ? nil : .json
    }

    private func contains(_ text: String) -> Bool {
        [sample.head, sample.tail].contains { bytes in
            TypeSniffer.contains(Array(text.utf8), in: bytes.filter { $0 != 0 }[...])
        }
    }

    /// The headers up to the first blank line, by their names in lower case; `nil` if another line
    /// is among them.
    private var headers: [String: Substring]? {
        var found: [String: Substring] = [:]
        for line in lines {
            if line.isEmpty { break }
            if line.first == " " || line.first == "\t" {
                if found.isEmpty { return nil }
            } else if let header = Self.header(line) {
                found[header.name] = header.value
            } else {
                return nil
            }
        }
        return found.isEmpty ? nil : found
    }

    private static func header(_ line: Substring) -> (name: String, value: Substring)? {
        guard let colon = line.firstIndex(of: ":"), colon != line.startIndex else { return nil }
        let name = line[..<colon]
        guard name.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
        return (name.lowercased(), line[line.index(after: colon)...].drop { $0 == " " })
    }

    /// `From sender Tue Mar  3 09:12:00 2026`, which begins a message in a mailbox.
    private static func isSeparator(_ line: Substring) -> Bool {
        guard line.hasPrefix("From "), line.utf8.count < 512 else { return false }
        let words = line.split(separator: " ")
        let hasTime = words.contains { word in
            let parts = word.split(separator: ":")
            return (2...3).contains(parts.count) && parts.allSatisfy { Int($0) != nil }
        }
        return hasTime && words.contains { $0.count == 4 && Int($0) != nil }
    }

    /// A number, and below it `00:00:01,000 --> 00:00:02,500`.
    private var isSubRip: Bool {
        guard lines.count > 2, Int(lines[0].drop { $0 == " " }) != nil else { return false }
        let times = lines[1].split(separator: " ")
        return times.count >= 3 && times[1] == "-->" && times[0].contains(":")
            && times[0].contains { $0 == "," || $0 == "." }
    }
}
