import Domain
import Testing

/// Explores every interleaving of a small cluster, with the rules that the SQL is tested against.
@Suite(.timeLimit(.minutes(10))) struct ExhaustiveTests {
    /// Explores the queues from `queue` on, with so many workers, failovers that lose the last
    /// commit, redrives, and staged rows deleted by hand.
    private func explore(
        from queue: WorkQueue, workers: Int, failovers: Int, redrives: Int, deletions: Int,
        fault: Fault? = nil
    ) -> Explorer.Result {
        let queues = Array(WorkQueue.allCases[queue.index...])
        let steps = Steps(fault: fault, queues: queues, hintsMax: 2, attemptsMax: 2)
        let start = World(
            workers: workers, failovers: failovers, redrives: redrives, deletions: deletions)
        return Explorer(steps: steps, start: start).run()
    }

    @Test(arguments: [
        (from: WorkQueue.embed, workers: 2, failovers: 1, redrives: 1, deletions: 1),
        (from: .chunk, workers: 2, failovers: 1, redrives: 0, deletions: 0),
        (from: .parse, workers: 2, failovers: 0, redrives: 0, deletions: 0),
        (from: .embed, workers: 3, failovers: 1, redrives: 0, deletions: 0),
    ])
    func `no interleaving breaks an invariant`(
        from queue: WorkQueue, workers: Int, failovers: Int, redrives: Int, deletions: Int
    ) {
        let result = explore(
            from: queue, workers: workers, failovers: failovers, redrives: redrives,
            deletions: deletions)
        #expect(result.breach == nil, "\(result.path)")
        print(
            "explored from \(queue): \(workers) workers, \(failovers) failovers, "
                + "\(redrives) redrives, \(deletions) deletions: \(result.states) states, "
                + "\(result.transitions) transitions")
    }

    @Test(arguments: Fault.allCases)
    func `every planted fault is found`(fault: Fault) {
        let result = explore(
            from: .embed, workers: 2, failovers: 1, redrives: 1, deletions: 1, fault: fault)
        #expect(result.breach != nil)
        print(
            "found \(fault): \(result.breach ?? "nothing"), by: "
                + result.path.joined(separator: ", "))
    }
}
