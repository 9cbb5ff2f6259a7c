import Concurrency
import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct CloseAtShutdownTests {
    @Test func `the resource is closed at shutdown and not before`() async {
        let isClosed = Guarded(false)
        let begun = StopSignal()
        await testGracefulShutdown { trigger in
            await withTaskGroup { group in
                group.addTask {
                    begun.raise()
                    await CloseAtShutdown { isClosed.withLock { $0 = true } }.run()
                }
                await begun.wait()
                await Task.yield()
                #expect(!isClosed.withLock { $0 })
                trigger.triggerGracefulShutdown()
            }
        }
        #expect(isClosed.withLock { $0 })
    }

    @Test func `the resource is closed when the service is cancelled`() async {
        let isClosed = Guarded(false)
        let service = Task { await CloseAtShutdown { isClosed.withLock { $0 = true } }.run() }
        service.cancel()
        await service.value
        #expect(isClosed.withLock { $0 })
    }

    @Test func `work is cancelled at shutdown and not before`() async {
        let wasCancelled = Guarded<Bool?>(nil)
        let begun = StopSignal()
        await testGracefulShutdown { trigger in
            await withTaskGroup { group in
                group.addTask {
                    await untilGracefulShutdown {
                        begun.raise()
                        await StopSignal().wait()
                        wasCancelled.withLock { $0 = Task.isCancelled }
                    }
                }
                await begun.wait()
                await Task.yield()
                #expect(wasCancelled.withLock { $0 } == nil)
                trigger.triggerGracefulShutdown()
            }
        }
        #expect(wasCancelled.withLock { $0 } == true)
    }
}
