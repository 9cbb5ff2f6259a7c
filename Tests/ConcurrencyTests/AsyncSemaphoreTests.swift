import Concurrency
import Testing

@Suite(.timeLimit(.minutes(5))) struct AsyncSemaphoreTests {
    @Test func `no more callers hold a permit than there are permits`() async {
        let semaphore = AsyncSemaphore(permits: 3)
        let holders = Guarded((now: 0, max: 0))
        await withTaskGroup { group in
            for _ in 0..<200 {
                group.addTask {
                    guard await semaphore.acquire() else { return }
                    holders.withLock {
                        $0.now += 1
                        $0.max = max($0.max, $0.now)
                    }
                    await Task.yield()
                    holders.withLock { $0.now -= 1 }
                    semaphore.release()
                }
            }
        }
        #expect(holders.withLock { $0.now } == 0)
        #expect(holders.withLock { $0.max } == 3)
    }

    @Test func `waiting callers get the permit in the order of their arrival`() async {
        let semaphore = AsyncSemaphore(permits: 1)
        _ = await semaphore.acquire()
        let order = Guarded<[Int]>([])
        await withTaskGroup { group in
            for number in 0..<20 {
                group.addImmediateTask {
                    guard await semaphore.acquire() else { return }
                    order.withLock { $0.append(number) }
                    semaphore.release()
                }
            }
            semaphore.release()
        }
        #expect(order.withLock { $0 } == Array(0..<20))
    }

    @Test func `a cancelled caller has no permit and takes none from the others`() async {
        let semaphore = AsyncSemaphore(permits: 1)
        _ = await semaphore.acquire()
        let cancelled = Task.immediate { await semaphore.acquire() }
        let patient = Task.immediate { await semaphore.acquire() }
        cancelled.cancel()
        #expect(await cancelled.value == false)
        semaphore.release()
        #expect(await patient.value)
        semaphore.release()
        #expect(await semaphore.acquire())
    }

    @Test func `a task that is already cancelled gets no permit, even if one is free`() async {
        let semaphore = AsyncSemaphore(permits: 1)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await semaphore.acquire()
        }
        #expect(await task.value == false)
        #expect(await semaphore.acquire())
    }

    /// Races releases against cancellations. A permit that got lost would block the last caller.
    @Test func `no permit is lost when a release meets a cancellation`() async {
        let semaphore = AsyncSemaphore(permits: 1)
        for _ in 0..<500 {
            _ = await semaphore.acquire()
            let waiting = Task {
                if await semaphore.acquire() { semaphore.release() }
            }
            async let cancelling: Void = { waiting.cancel() }()
            semaphore.release()
            await cancelling
            await waiting.value
        }
        #expect(await semaphore.acquire())
    }
}
