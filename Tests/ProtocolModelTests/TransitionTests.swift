import Domain
import JobModel
import Testing

@Suite struct TransitionTests {
    @Test func `every job is at one of 32 positions`() {
        #expect(Position.all.count == 45)
        #expect(Position.all.filter(\.isLegal).count == 32)
    }

    @Test func `exactly 52 transitions are allowed`() {
        var moves: [String] = []
        for from in Position.all {
            for to in Position.all where Transition(from: from, to: to) != nil {
                moves.append("\(from) -> \(to)")
            }
        }
        #expect(moves.count == 52, "\(moves.joined(separator: "\n"))")
    }

    @Test func `a job never goes back to an earlier stage`() {
        for from in Position.all {
            for to in Position.all where to.stage < from.stage {
                #expect(Transition(from: from, to: to) == nil)
            }
        }
    }

    @Test func `a finished job has no transition`() {
        for to in Position.all {
            #expect(Transition(from: Position(.embedded, .done), to: to) == nil)
        }
    }

    @Test func `a dead letter changes only by redrive, at its own stage`() {
        for stage in Stage.allCases {
            let from = Position(stage, .deadletter)
            for to in Position.all {
                guard let move = Transition(from: from, to: to) else { continue }
                #expect(move == .redrive)
                #expect(to == Position(stage, .queued))
            }
        }
    }

    @Test func `each queue claims the jobs that the previous one completed`() throws {
        for queue in WorkQueue.allCases {
            guard let next = queue.next else { continue }
            #expect(WorkQueue(waitingAt: queue.completion) == next)
            let claimed = next.claimed(from: queue.completion)
            #expect(Transition(from: queue.completion, to: claimed) == .claim)
        }
        #expect(WorkQueue(waitingAt: WorkQueue.flush.completion) == nil)
    }

    @Test func `every position leads to an end`() {
        for start in Position.all where start.isLegal {
            var reached: Set<Position> = [start]
            var frontier = [start]
            while let from = frontier.popLast() {
                for to in Position.all where Transition(from: from, to: to) != nil {
                    if reached.insert(to).inserted { frontier.append(to) }
                }
            }
            #expect(reached.contains(Position(.embedded, .done)), "from \(start)")
        }
    }
}
