import Domain
import JobModel

/// Errors in the protocol, each of which the check must find.
enum Fault: String, CaseIterable {
    case fenceByState, fenceByJob, fenceByEpoch, reconcilerDoesNotLookAgain, outputsApart
    case hintsNeverResent, leasesNeverExpire, retriesNeverComeDue, attemptCountedAtFailure
    case flushWithoutCount, flushKeepsBuffers, vectorsNotFenced, hintTakenWithoutClaim
    case deadLetterClaimed, finishedRedriven
}

/// One step of any participant, and the resulting world.
struct Step {
    var name: String
    var world: World
    /// Whether the step is part of normal operation, which always continues. Others are violations.
    var isOrdinary = true
    /// The invariant that this step itself breaks, independent of the resulting world.
    var breach: String?
}

/// All steps that can happen in a world. Every interleaving is a path of such steps: workers, the
/// uploader, the reconciler and operators act in any order, any of them can die between any two
/// steps, a lease can expire at any time, and hints are lost, duplicated and reordered.
struct Steps {
    let fault: Fault?
    let queues: [WorkQueue]
    let hintsMax: Int
    let attemptsMax: Int

    /// The model has a single moment: anything that can become due can be due now.
    private static let now = Duration.seconds(2)
    private static let policy = RetryPolicy(base: .zero, cap: .zero)

    func from(_ world: World) -> [Step] {
        var steps = uploading(world)
        guard let database = world.database else { return steps }
        steps += reconciling(world, database) + operating(world, database) + violations(world)
        for index in world.workers.indices {
            steps += working(world, database, index)
        }
        return steps
    }

    // MARK: Upload and violations

    private func uploading(_ world: World) -> [Step] {
        var next = world
        switch world.uploader {
        case .uploading:
            var row = JobRow(acceptedAt: .zero, attemptsMax: attemptsMax)
            if let before = WorkQueue.allCases.first(where: { $0.next == queues.first }) {
                row.position = before.completion
            }
            // The API responds once this commit is durable, so every failover keeps it.
            next.database = Database(row: row)
            if queues.first == .embed {
                next.database?.planned = Database.chunks
                next.database?.texts = Database.chunks
            }
            next.uploader = .mustTell
            return [Step(name: "upload", world: next)]
        case .mustTell:
            var dead = world
            dead.uploader = .ended
            next.uploader = .ended
            next.addHint(queues[0], max: hintsMax)
            return [
                Step(name: "uploader sends a hint", world: next),
                Step(name: "uploader dies", world: dead, isOrdinary: false),
            ]
        case .ended:
            return []
        }
    }

    private func violations(_ world: World) -> [Step] {
        var steps: [Step] = []
        for queue in queues where world.hintCount(queue) > 0 {
            var next = world
            next.removeHint(queue)
            steps.append(Step(name: "broker loses a hint", world: next, isOrdinary: false))
        }
        if world.failovers > 0, let before = world.before {
            var next = world
            next.database = before
            next.before = nil
            next.failovers -= 1
            steps.append(Step(name: "failover", world: next, isOrdinary: false))
        }
        if world.deletions > 0, let database = world.database, database.vectors & 1 == 1 {
            var changed = database
            changed.vectors &= ~1
            var next = world
            next.commit(changed)
            next.deletions -= 1
            steps.append(Step(name: "a staged vector is deleted", world: next, isOrdinary: false))
        }
        return steps
    }

    // MARK: Reconciler and operator

    /// The worker may still be alive and have lost only its session.
    private func endingDeadClaims(_ world: World, _ database: Database) -> [Step] {
        [true, false].compactMap { isInterrupted in
            var changed = database
            guard
                changed.row.endDeadClaim(
                    isInterrupted: isInterrupted, at: Self.now, policy: Self.policy, jitter: 0.5)
            else { return nil }
            if isInterrupted { changed.claims -= 1 }
            // The conformance tests cover the limit on interruptions; the model has none.
            changed.row.interruptions = 0
            return step("dead claim ends", world, changed)
        }
    }

    private func reconciling(_ world: World, _ database: Database) -> [Step] {
        var steps: [Step] = []
        if fault == .reconcilerDoesNotLookAgain {
            steps += reconcilingBlindly(world, database)
        } else if fault != .leasesNeverExpire {
            var changed = database
            if changed.row.expireLease(at: Self.now, policy: Self.policy, jitter: 0.5) {
                steps.append(step("lease expires", world, changed))
            }
            steps += endingDeadClaims(world, database)
        }
        if fault != .retriesNeverComeDue {
            var changed = database
            if changed.row.resumeRetry(at: Self.now), let queue = changed.row.dueQueue(at: Self.now)
            {
                var silent = step("retry comes due", world, changed)
                steps.append(silent)
                silent.world.addHint(queue, max: hintsMax)
                steps.append(silent)
            }
        }
        if fault != .hintsNeverResent {
            var changed = database
            if let queue = changed.row.dueQueue(at: Self.now),
                changed.row.resendHints(at: Self.now, jitter: 0.5)
            {
                var next = world
                next.addHint(queue, max: hintsMax)
                steps.append(Step(name: "hint sent again", world: next))
            }
        }
        return steps
    }

    /// Sees an expired lease and, some time later, ends the current claim without checking it.
    private func reconcilingBlindly(_ world: World, _ database: Database) -> [Step] {
        var next = world
        guard let seen = world.seenExpired else {
            guard let token = database.row.token else { return [] }
            next.seenExpired = token
            return [Step(name: "lease seen expired", world: next)]
        }
        var changed = database
        changed.row.position.state =
            changed.row.attempt >= attemptsMax ? .deadletter : .retryable
        changed.row.token = nil
        changed.row.leaseUntil = nil
        changed.row.deadline = nil
        next.seenExpired = nil
        next.commit(changed)
        let isStale = database.row.token != seen
        return [
            Step(
                name: "lease ended", world: next,
                breach: isStale ? "the reconciler ended what was not expired" : nil)
        ]
    }

    private func operating(_ world: World, _ database: Database) -> [Step] {
        guard world.redrives > 0 else { return [] }
        var changed = database
        if fault == .finishedRedriven, database.isDone {
            changed.row.position.state = .queued
        } else if !changed.row.redrive(at: Self.now) {
            return []
        }
        changed.claims = 0
        var redriven = step("redrive", world, changed)
        redriven.world.redrives -= 1
        return [redriven]
    }

    // MARK: Workers

    private func working(_ world: World, _ database: Database, _ index: Int) -> [Step] {
        switch world.workers[index] {
        case .idle:
            return queues.flatMap { claiming($0, world, database, index) }
        case .mustTell(let queue):
            var hinted = world
            hinted.workers[index] = .idle
            hinted.addHint(queue, max: hintsMax)
            return [Step(name: "worker sends a hint", world: hinted), death(world, index)]
        case .halfDone(let queue, let token):
            return [
                death(world, index),
                completing(queue, token, 0, world, database, index, withOutputs: false),
            ]
        case .working(let queue, let token, let epoch):
            var steps = [death(world, index)]
            steps += advancing(queue, token, world, database, index)
            steps += failing(token, epoch, world, database, index)
            if queue == .embed { steps += staging(token, epoch, world, database, index) }
            if fault == .outputsApart, queue == .flush {
                var changed = database
                move(&changed)
                var half = step("outputs written", world, changed)
                half.world.workers[index] = .halfDone(queue, token)
                steps.append(half)
            } else {
                steps.append(
                    completing(queue, token, epoch, world, database, index, withOutputs: true))
            }
            return steps
        }
    }

    private func death(_ world: World, _ index: Int) -> Step {
        var next = world
        next.workers[index] = .idle
        return Step(name: "worker dies", world: next, isOrdinary: false)
    }

    /// Claims by a hint, whose offset may or may not be committed before the worker dies, or from
    /// the table.
    private func claiming(
        _ queue: WorkQueue, _ world: World, _ database: Database, _ index: Int
    ) -> [Step] {
        let hasHint = world.hintCount(queue) > 0
        guard hasHint || fault != .hintsNeverResent else { return [] }
        var changed = database
        let token = world.freshToken()
        if fault == .deadLetterClaimed, changed.row.position.state == .deadletter {
            changed.row.position.state = .queued
        }
        let isClaimed = changed.row.claim(
            from: queue, at: Self.now, token: token, lease: .zero, deadline: .zero)
        var steps: [Step] = []
        if isClaimed {
            changed.claims += 1
            changed.epoch += 1
            if fault == .attemptCountedAtFailure { changed.row.attempt -= 1 }
            var claimed = step("claim", world, changed)
            claimed.world.workers[index] = .working(queue, token, epoch: changed.epoch)
            steps.append(claimed)
            if hasHint {
                claimed.world.removeHint(queue)
                steps.append(claimed)
            }
        }
        if hasHint, !isClaimed || fault == .hintTakenWithoutClaim {
            var next = world
            next.removeHint(queue)
            steps.append(
                Step(
                    name: "hint dropped", world: next,
                    breach: isClaimed ? "a hint was taken without its job" : nil))
        }
        return steps
    }

    private func advancing(
        _ queue: WorkQueue, _ token: ClaimID, _ world: World, _ database: Database, _ index: Int
    ) -> [Step] {
        guard queue == .parse else { return [] }
        return [Stage.jobValidated, .parsing, .parsed].compactMap { stage in
            var changed = database
            guard changed.row.advance(token, to: stage) else { return nil }
            return step("advance", world, changed)
        }
    }

    private func failing(
        _ token: ClaimID, _ epoch: Int, _ world: World, _ database: Database, _ index: Int
    ) -> [Step] {
        let verdict: FailureVerdict =
            database.row.attempt >= attemptsMax
            ? .deadletter : .retry(after: .zero, countsAsAttempt: true)
        var failed = database
        if fault == .attemptCountedAtFailure { failed.row.attempt += 1 }
        var steps: [Step] = []
        if failed.row.fail(token, code: "x", verdict: verdict, at: Self.now) {
            steps.append(step("fail", world, failed))
        }
        var paused = database
        let wait = FailureVerdict.retry(after: .zero, countsAsAttempt: false)
        if paused.row.fail(token, code: "x", verdict: wait, at: Self.now) {
            paused.claims -= 1
            steps.append(step("provider paused", world, paused))
        }
        var released = database
        if released.row.release(token, at: Self.now) {
            released.claims -= 1
            steps.append(step("release", world, released))
        }
        if steps.isEmpty { steps = [Step(name: "refused", world: world)] }
        for place in steps.indices { steps[place].world.workers[index] = .idle }
        return steps
    }

    private func staging(
        _ token: ClaimID, _ epoch: Int, _ world: World, _ database: Database, _ index: Int
    ) -> [Step] {
        (0..<Database.chunks).compactMap { chunk in
            guard database.vectors >> UInt8(chunk) & 1 == 0 else { return nil }
            guard isFenced(token, epoch, database) || fault == .vectorsNotFenced else { return nil }
            var changed = database
            changed.vectors |= 1 << UInt8(chunk)
            return step("stage a vector", world, changed)
        }
    }

    private func isFenced(_ token: ClaimID, _ epoch: Int, _ database: Database) -> Bool {
        let isWorking = database.row.position.state == .working
        return switch fault {
        case .fenceByState: isWorking
        case .fenceByJob: true
        case .fenceByEpoch: isWorking && database.epoch == epoch
        default: isWorking && database.row.token == token
        }
    }

    /// Writes the transition and its outputs in one transaction that is rolled back as a whole.
    private func completing(
        _ queue: WorkQueue, _ token: ClaimID, _ epoch: Int, _ world: World, _ database: Database,
        _ index: Int, withOutputs: Bool
    ) -> Step {
        let isHolder = database.row.token == token
        var changed = database
        var refused = Step(name: "refused", world: world)
        refused.world.workers[index] = .idle
        guard isFenced(token, epoch, database) else { return refused }
        // A faulty fence accepts the write as the holder's.
        if !isHolder, fault == .fenceByJob {
            changed.row.position = queue.completion
            changed.row.token = nil
        } else {
            let holder = isHolder ? token : database.row.token ?? token
            guard changed.row.complete(holder, of: queue, at: Self.now) else { return refused }
        }
        changed.claims = 0
        guard !withOutputs || write(queue, &changed, database) else {
            var failed = database
            guard failed.row.fail(token, code: "missing", verdict: .deadletter, at: Self.now)
            else { return refused }
            var dead = step("outputs missing", world, failed)
            dead.world.workers[index] = .idle
            return dead
        }
        var done = step("complete", world, changed)
        done.world.workers[index] = queue.next.map { .mustTell($0) } ?? .idle
        if !isHolder { done.breach = "a worker without the claim completed the work" }
        return done
    }

    /// Writes a queue's outputs; returns false when an input is missing.
    private func write(_ queue: WorkQueue, _ next: inout Database, _ now: Database) -> Bool {
        switch queue {
        case .parse:
            next.isParsed = true
        case .chunk:
            next.texts = Database.chunks
            next.vectors = 0
            next.planned = Database.chunks
        case .embed:
            return now.vectorCount == now.planned
        case .flush:
            guard fault == .flushWithoutCount || min(now.texts, now.vectorCount) == now.planned
            else { return false }
            move(&next)
        }
        return true
    }

    private func move(_ database: inout Database) {
        database.searchable += min(database.texts, database.vectorCount)
        guard fault != .flushKeepsBuffers else { return }
        database.texts = 0
        database.vectors = 0
    }

    /// Commits a transaction. Makes its times equal, since the model has a single moment.
    private func step(_ name: String, _ world: World, _ database: Database) -> Step {
        var database = database
        database.row.runAt = .zero
        database.row.hintAt = .zero
        database.row.hintCount = 0
        database.row.retryCount = 0
        database.row.errorCode = nil
        if database.row.leaseUntil != nil { database.row.leaseUntil = .zero }
        if database.row.deadline != nil { database.row.deadline = .zero }
        var next = world
        next.commit(database)
        return Step(name: name, world: next)
    }
}
