import ArgumentParser

/// `millrace search QUERY`
struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Finds the passages of finished documents that match a query.")

    enum Mode: String, ExpressibleByArgument, CaseIterable { case hybrid, vector, text }

    @OptionGroup var api: APIOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The query, in plain words.") var query: [String]
    @Option(name: .short, help: "Most passages, 1 to 100.") var k = 5
    @Option(help: "Rank by meaning (vector), by words (text), or by both (hybrid).")
    var mode = Mode.hybrid
    @Flag(help: "Show at most one passage of a document.") var onePerDocument = false
    @Flag(help: "Show the scores by meaning and by words.") var explain = false
    @Flag(help: "Print whole passages instead of their first four lines.") var full = false

    func validate() throws {
        guard (1...100).contains(k) else { throw ValidationError("-k must be between 1 and 100.") }
        guard !query.isEmpty else { throw ValidationError("Give a query.") }
    }

    func run() async throws {
        let response: APIClient.Response<SearchResponse> = try await api.client().post(
            "/v1/search",
            SearchRequest(
                query: query.joined(separator: " "), k: k, mode: mode.rawValue,
                onePerDocument: onePerDocument, explain: explain))
        if output.json { return Output.line(response.json) }
        guard !response.value.results.isEmpty else {
            Output.line(
                "Nothing was found. Only finished documents are searched; 'millrace watch' shows "
                    + "whether any are unfinished.")
            return
        }
        for (rank, result) in response.value.results.enumerated() {
            Output.line("\(rank + 1). \(Self.heading(result))")
            Output.line(Self.passage(result.text, full: full))
            Output.line()
        }
    }

    private static func heading(_ result: SearchResponse.Result) -> String {
        var parts = [result.filename.printable]
        if let first = result.pages?.first, let last = result.pages?.last {
            parts.append(first == last ? "page \(first)" : "pages \(first)–\(last)")
        }
        let path = (result.headings ?? []).map(\.printable)
        if !path.isEmpty { parts.append(path.joined(separator: " › ")) }
        parts.append("score \(rounded(result.score))")
        if let similarity = result.explanation?.cosineSimilarity {
            parts.append("cosine \(rounded(similarity))")
        }
        if let bm25 = result.explanation?.bm25 { parts.append("BM25 \(rounded(bm25))") }
        return parts.joined(separator: "  ·  ")
    }

    private static func rounded(_ score: Double) -> Double { (score * 10_000).rounded() / 10_000 }

    /// The passage wrapped to the terminal, cut to its first four lines unless `full`.
    private static func passage(_ text: String, full: Bool) -> String {
        let width = max(20, min(Output.size.columns, 100) - 3)
        var lines = [""]
        for word in text.printable.split(separator: " ") {
            if !lines[lines.count - 1].isEmpty,
                lines[lines.count - 1].count + 1 + word.count > width
            {
                lines.append("")
            }
            lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
        }
        let shown = full ? lines[...] : lines.prefix(4)
        let more = shown.count < lines.count ? " …" : ""
        return shown.map { "   " + $0 }.joined(separator: "\n") + more
    }
}
