import Domain
import Testing

@testable import Serving

@Suite struct JobProgressTests {
    private func progress(
        _ stage: Stage, _ state: JobState = .working, planned: Int? = nil, staged: Int = 0
    ) -> JobProgress {
        JobProgress(at: Position(stage, state), chunksPlanned: planned, vectorsStaged: staged)
    }

    @Test func `progress grows from stage to stage`() {
        let fractions = Stage.allCases.map { progress($0).fraction }
        #expect(fractions == fractions.sorted())
        #expect(fractions == [0, 0.05, 0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.95])
        #expect(fractions == Stage.allCases.map { progress($0, planned: 4).fraction })
    }

    @Test func `during embedding progress grows with the vectors`() {
        #expect(progress(.embedding, planned: 4, staged: 2).fraction == 0.65)
        #expect(progress(.embedding, planned: 4, staged: 4).fraction == 0.9)
        #expect(progress(.embedding, planned: 0).fraction == 0.4)
        #expect(progress(.embedding, planned: 4, staged: 2).chunksEmbedded == 2)
    }

    @Test func `a finished job has embedded all its chunks`() {
        let finished = progress(.embedded, .done, planned: 4)
        #expect(finished.fraction == 1)
        #expect(finished.chunksEmbedded == 4)
        #expect(progress(.embedded, planned: 4, staged: 4).fraction == 0.95)
        #expect(progress(.queued).chunksEmbedded == nil)
    }
}
