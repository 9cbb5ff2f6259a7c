import FoundationEssentials
import Testing

@testable import CommandLineClient

@Suite struct ProgressViewTests {
    private func status(
        _ job: String, _ stage: String, _ state: String, extra: String = ""
    ) throws -> JobStatus {
        let json = """
            {"job_id": "\(job)", "document_id": "d", "filename": "\(job).pdf",
             "stage": "\(stage)", "state": "\(state)"\(extra)}
            """
        return try APIClient.decoder.decode(JobStatus.self, from: Data(json.utf8))
    }

    @Test func `in a pipe each change prints one line and no change prints nothing`() throws {
        var view = ProgressView(jobs: ["a"], isTerminal: false)
        view.update(try status("a", "parsing", "working"))
        let first = view.render(columns: 80, rows: 24)
        #expect(first.hasPrefix("a.pdf") && first.hasSuffix("parsing/working\n"))
        view.update(try status("a", "parsing", "working"))
        #expect(view.render(columns: 80, rows: 24) == "")
        view.update(try status("a", "parsed", "working"))
        #expect(view.render(columns: 80, rows: 24).hasSuffix("parsed/working\n"))
    }

    @Test func `on a terminal the lines are redrawn in place and fit its width`() throws {
        var view = ProgressView(jobs: ["a", "b"], isTerminal: true)
        view.update(try status("a", "embedding", "working"))
        view.update(try status("b", "queued", "queued"))
        #expect(!view.render(columns: 70, rows: 24).contains("\u{1b}[2A"))
        let second = view.render(columns: 70, rows: 24)
        #expect(second.hasPrefix("\u{1b}[2A"))
        for line in second.split(separator: "\n") {
            let plain = line.replacing("\u{1b}[2A", with: "").replacing("\u{1b}[K", with: "")
            #expect(plain.count <= 70)
        }
    }

    @Test func `the view ends when all jobs have ended and counts dead letters`() throws {
        var view = ProgressView(jobs: ["a", "b"], isTerminal: false)
        view.update(try status("a", "embedded", "done"))
        #expect(view.open == ["b"])
        view.update(
            try status(
                "b", "parsing", "deadletter",
                extra: #", "last_error": {"error_type": "pdf_encrypted", "message": "locked"}"#))
        #expect(view.open.isEmpty)
        #expect(view.dead == 1)
        #expect(view.render(columns: 80, rows: 24).contains("pdf_encrypted: locked"))
        #expect(view.summary(took: .seconds(2)).hasPrefix("1 of 2 embedded/done after 2.0 s, 1 in"))
    }

    @Test func `the progress bar of a job never moves backwards`() throws {
        let way = [
            ("queued", "queued"), ("queued", "working"), ("job_validated", "working"),
            ("parsing", "working"), ("parsed", "working"), ("parse_validated", "done"),
            ("chunking", "working"), ("chunks_buffered", "done"), ("embedding", "working"),
            ("embedding", "done"), ("embedded", "working"), ("embedded", "done"),
        ]
        let fractions = try way.map { ProgressView.fraction(try status("a", $0.0, $0.1)) }
        #expect(fractions == fractions.sorted())
        #expect(fractions.first == 0)
        #expect(fractions.last == 1)
    }
}
