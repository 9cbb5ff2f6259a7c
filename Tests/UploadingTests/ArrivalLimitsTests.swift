import Testing

@testable import Uploading

@Suite(.timeLimit(.minutes(5))) struct ArrivalLimitsTests {
    @Test func `the first limit that would be breached counts`() {
        let limits = ArrivalLimits(
            silence: .seconds(60), bytesPerSecond: 100, grace: .seconds(10), total: .seconds(500))
        #expect(limits.nextBreach(byteCount: 0, last: .zero) == (.slow, at: .seconds(10)))
        #expect(limits.nextBreach(byteCount: 3000, last: .seconds(5)) == (.slow, at: .seconds(40)))
        #expect(
            limits.nextBreach(byteCount: 10_000, last: .seconds(5)) == (.silent, at: .seconds(65)))
        #expect(
            limits.nextBreach(byteCount: 100_000, last: .seconds(480))
                == (.long, at: .seconds(500)))
    }

    @Test(arguments: [
        (ArrivalLimits(silence: .milliseconds(10)), ArrivalLimits.Breach.silent),
        (ArrivalLimits(bytesPerSecond: 1_000_000, grace: .milliseconds(10)), .slow),
        (ArrivalLimits(total: .milliseconds(10)), .long),
    ])
    func `a body that arrives too slowly is cancelled`(
        limits: ArrivalLimits, breach: ArrivalLimits.Breach
    ) async {
        await #expect(throws: UploadRefusal.tooSlow(breach, limits)) {
            try await withArrivalLimits(limits) { arrival in
                arrival.advance(by: 1)
                try await Task.sleep(for: .seconds(3600))
            }
        }
    }
}
