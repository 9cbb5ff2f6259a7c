import Domain
import FoundationEssentials
import Testing

@testable import CommandLineClient

@Suite struct ProgressViewTests {
    private let a = JobID()
    private let b = JobID()

    private func status(
        _ job: JobID, _ stage: Stage, _ state: JobState, fraction: Double = 0, extra: String = ""
    ) throws -> JobResponse {
        let json = """
            {"job_id": "\(job)", "document_id": "\(job)", "filename": "report.pdf",
             "stage": "\(stage.rawValue)", "state": "\(state.rawValue)",
             "progress": {"fraction": \(fraction)}\(extra)}
            """
        return try APIClient.decoder.decode(JobResponse.self, from: Data(json.utf8))
    }

    @Test func `in a pipe each change prints one line, without control characters`() throws {
        var view = ProgressView(jobs: [a], isTerminal: false)
        #expect(view.update(try status(a, .parsing, .working)))
        let first = view.render(columns: 80, rows: 24)
        #expect(first.hasPrefix("report.pdf") && first.hasSuffix("parsing/working\n"))
        #expect(!first.contains("\u{1b}"))
        #expect(!view.update(try status(a, .parsing, .working)))
        #expect(view.render(columns: 80, rows: 24) == "")
        view.update(try status(a, .parsed, .working))
        #expect(view.render(columns: 80, rows: 24).hasSuffix("parsed/working\n"))
    }

    @Test func `on a terminal the lines are redrawn in place and fit its width`() throws {
        var view = ProgressView(jobs: [a, b], isTerminal: true)
        view.update(try status(a, .embedding, .working))
        view.update(try status(b, .queued, .queued))
        #expect(!view.render(columns: 70, rows: 24).contains("\u{1b}[2A"))
        let second = view.render(columns: 70, rows: 24)
        #expect(second.hasPrefix("\u{1b}[2A"))
        for line in second.split(separator: "\n") {
            let plain = line.replacing("\u{1b}[2A", with: "").replacing("\u{1b}[K", with: "")
            #expect(plain.count <= 70)
        }
    }

    @Test func `the view ends when all jobs have ended and counts dead letters`() throws {
        var view = ProgressView(jobs: [a, b], isTerminal: false)
        view.update(try status(a, .embedded, .done))
        #expect(view.unfinished == [b])
        view.update(
            try status(
                b, .parsing, .deadletter,
                extra: #", "last_error": {"error_type": "pdf_encrypted", "message": "locked"}"#))
        #expect(view.unfinished.isEmpty)
        #expect(view.deadCount == 1)
        #expect(view.render(columns: 80, rows: 24).contains("pdf_encrypted: locked"))
        #expect(
            view.summary(took: .seconds(2)).hasPrefix(
                "1 of 2 searchable after 2.0 s. Dead letters: 1 "))
    }

    @Test(arguments: [(0.0, 0), (0.5, 12), (1.0, 24), (7.0, 24), (-1.0, 0)])
    func `the bar shows the server's fraction`(fraction: Double, width: Int) throws {
        var view = ProgressView(jobs: [a], isTerminal: true)
        view.update(try status(a, .embedding, .working, fraction: fraction))
        #expect(view.render(columns: 120, rows: 24).count { $0 == "█" } == width)
    }
}
