import Concurrency
import Testing

@Suite(.timeLimit(.minutes(5))) struct StopSignalTests {
    @Test func `raising the signal resumes all waiters, and later ones do not wait`() async {
        let signal = StopSignal()
        let waiters = (0..<10).map { _ in Task.immediate { await signal.wait() } }
        #expect(!signal.isRaised)
        signal.raise()
        for waiter in waiters { await waiter.value }
        await signal.wait()
        #expect(signal.isRaised)
    }

    @Test func `cancellation ends the wait of one waiter`() async {
        let signal = StopSignal()
        let patient = Task.immediate { await signal.wait() }
        let cancelled = Task.immediate { await signal.wait() }
        cancelled.cancel()
        await cancelled.value
        #expect(!signal.isRaised)
        signal.raise()
        await patient.value
    }

    @Test func `work is cancelled when the signal is raised, and its result is returned`() async {
        let signal = StopSignal()
        let work = Task.immediate {
            await signal.cancelling {
                await StopSignal().wait()
                return Task.isCancelled
            }
        }
        signal.raise()
        #expect(await work.value)
    }

    @Test func `work that ends by itself does not wait for the signal`() async {
        let signal = StopSignal()
        #expect(await signal.cancelling { 7 } == 7)
        #expect(!signal.isRaised)
    }
}
