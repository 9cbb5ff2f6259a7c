import Domain
import JobModel

/// Visits every reachable world and checks the invariants.
struct Explorer {
    struct Result {
        var states = 0
        var transitions = 0
        /// The first breach found and the steps that lead to it.
        var breach: String?
        var path: [String] = []
    }

    let steps: Steps
    let start: World
    var statesMax = 3_000_000

    func run() -> Result {
        var result = Result()
        var index: [WorldKey: Int32] = [WorldKey(start): 0]
        var frontier = [start]
        var parents: [(state: Int32, step: String)] = [(-1, "start")]
        /// Pairs of states that an ordinary step connects.
        var ordinary: [(from: Int32, to: Int32)] = []
        var ended: [Int32] = []
        var next = 0
        while next < frontier.count {
            let world = frontier[next]
            let here = Int32(next)
            next += 1
            if world.database?.row.position.isEnded == true { ended.append(here) }
            for step in steps.from(world) {
                result.transitions += 1
                let key = WorldKey(step.world)
                let breach = step.breach ?? Invariants.breach(from: world, by: step)
                if let breach {
                    result.breach = breach
                    result.path = path(to: here, parents) + [step.name]
                    result.states = frontier.count
                    return result
                }
                let there = index[key] ?? Int32(frontier.count)
                if there == Int32(frontier.count) {
                    index[key] = there
                    frontier.append(step.world)
                    parents.append((here, step.name))
                }
                if step.isOrdinary { ordinary.append((here, there)) }
            }
            guard frontier.count <= statesMax else {
                result.breach = "more than \(statesMax) states"
                break
            }
        }
        result.states = frontier.count
        if result.breach == nil, let stuck = firstStuck(frontier.count, ordinary, ended) {
            result.breach = "a job never ends"
            result.path = path(to: stuck, parents)
        }
        return result
    }

    /// A state from which ordinary steps alone never reach an end.
    private func firstStuck(
        _ count: Int, _ ordinary: [(from: Int32, to: Int32)], _ ended: [Int32]
    ) -> Int32? {
        // Groups the edges by target with a counting sort.
        var starts = [Int32](repeating: 0, count: count + 1)
        for edge in ordinary { starts[Int(edge.to) + 1] += 1 }
        for place in 1...count { starts[place] += starts[place - 1] }
        var filled = starts
        var sources = [Int32](repeating: 0, count: ordinary.count)
        for edge in ordinary {
            sources[Int(filled[Int(edge.to)])] = edge.from
            filled[Int(edge.to)] += 1
        }
        var canEnd = [Bool](repeating: false, count: count)
        var frontier = ended
        for state in ended { canEnd[Int(state)] = true }
        while let state = frontier.popLast() {
            for place in starts[Int(state)]..<starts[Int(state) + 1] {
                let source = sources[Int(place)]
                guard !canEnd[Int(source)] else { continue }
                canEnd[Int(source)] = true
                frontier.append(source)
            }
        }
        return canEnd.firstIndex(of: false).map(Int32.init)
    }

    private func path(
        to state: Int32, _ parents: [(state: Int32, step: String)]
    ) -> [String] {
        var names: [String] = []
        var state = state
        while state > 0 {
            names.append(parents[Int(state)].step)
            state = parents[Int(state)].state
        }
        return names.reversed()
    }
}

/// The invariants of every world and every step.
enum Invariants {
    static func breach(from world: World, by step: Step) -> String? {
        guard let after = step.world.database else {
            return world.database == nil ? nil : "an accepted job is gone"
        }
        if let breach = breach(in: after) { return breach }
        guard let before = world.database, step.name != "failover" else { return nil }
        let (from, to) = (before.row.position, after.row.position)
        if to.stage < from.stage { return "a stage went back" }
        if from != to {
            if from.isEnded, step.name != "redrive" || from.state != .deadletter {
                return "an ended job moved"
            }
            if Transition(from: from, to: to) == nil { return "an illegal move" }
        }
        if before.isDone, before.searchable != after.searchable || before.planned != after.planned {
            return "an ended job changed"
        }
        return nil
    }

    private static func breach(in database: Database) -> String? {
        if database.searchable > 0, !database.isDone { return "half a document is searchable" }
        if database.isDone {
            if database.searchable != Database.chunks || database.planned != Database.chunks {
                return "planned is not what is searchable"
            }
            if database.texts + database.vectorCount > 0 {
                return "the buffers hold rows of an ended job"
            }
        }
        if database.claims > database.row.attemptsMax { return "more claims than attempts" }
        if (database.row.token != nil) != (database.row.position.state == .working) {
            return "a claim without work, or work without a claim"
        }
        return nil
    }
}
