// JobModel: the delivery protocol as pure functions. Only tests and tools run it.
//
// The programs run the SQL of JobStorePostgres and the triggers of the schema. Tests compare the
// model with both: ConformanceTests each rule, TransitionRuleTests each pair of positions.
// ProtocolModelTests explore every interleaving of the model, the simulation runs the stages'
// code on it, and the validation replays recorded events by its transitions.
// Invariants: no clock, no randomness, no I/O; imports only Domain.

package import Domain

/// A job's row as the delivery protocol sees it, and the rules by which it changes.
///
/// `now` and the token are parameters. A rule that does not apply returns false and changes
/// nothing. Times are durations since any fixed moment.
package struct JobRow: Hashable, Sendable {
    package var position: Position
    /// The token of the current claim; set exactly in `working`.
    package var token: ClaimID?
    /// Claims on this queue so far, except those that do not count as attempts.
    package var attempt: Int
    package var attemptsMax: Int
    /// Failures on this queue so far that count as attempts.
    package var retryCount: Int
    /// The earliest time of the next claim.
    package var runAt: Duration
    /// When the claim expires without a heartbeat; set exactly in `working`.
    package var leaseUntil: Duration?
    /// When the work is stopped unless it progresses, with or without heartbeats.
    package var deadline: Duration?
    /// When the next hint is due, if the job is still waiting.
    package var hintAt: Duration
    /// Hints sent by the reconciler since the job began to wait.
    package var hintCount: Int
    /// The code of the last failure.
    package var errorCode: String?
    /// Claims interrupted by a crash of the whole machine, which cost no attempt.
    package var interruptions: Int

    /// How long the reconciler waits before it resends a hint that a program sends itself.
    private static let hintDelay = Duration.seconds(30)

    /// A job as an upload creates it.
    package init(acceptedAt now: Duration, attemptsMax: Int = 5) {
        position = Position(.queued, .queued)
        attempt = 0
        self.attemptsMax = attemptsMax
        retryCount = 0
        runAt = now
        hintAt = now
        hintCount = 0
        interruptions = 0
    }

    /// The queue on which the job is waiting and due.
    package func dueQueue(at now: Duration) -> WorkQueue? {
        runAt <= now ? WorkQueue(waitingAt: position) : nil
    }
}

/// Transitions by workers.
extension JobRow {
    /// A worker of `queue` claims the job.
    package mutating func claim(
        from queue: WorkQueue, at now: Duration, token: ClaimID, lease: Duration,
        deadline: Duration
    ) -> Bool {
        guard dueQueue(at: now) == queue else { return false }
        position = queue.claimed(from: position)
        self.token = token
        attempt += 1
        leaseUntil = now + lease
        self.deadline = now + deadline
        return true
    }

    /// The worker reports that it is alive. This revives an expired lease that was not ended yet.
    ///
    /// - Parameter deadline: the time for the next step, if the work has progressed.
    package mutating func heartbeat(
        _ token: ClaimID, at now: Duration, lease: Duration, deadline: Duration? = nil
    ) -> Bool {
        guard isHeld(by: token) else { return false }
        leaseUntil = now + lease
        if let deadline { self.deadline = now + deadline }
        return true
    }

    /// The worker moves the job to the next stage within its own queue.
    package mutating func advance(_ token: ClaimID, to stage: Stage) -> Bool {
        let next = Position(stage, .working)
        guard isHeld(by: token), Transition(from: position, to: next) == .advance
        else { return false }
        position = next
        return true
    }

    /// The work is done. The job waits on the next queue, or is finished.
    package mutating func complete(_ token: ClaimID, of queue: WorkQueue, at now: Duration) -> Bool
    {
        guard isHeld(by: token), Transition(from: position, to: queue.completion) == .complete
        else { return false }
        position = queue.completion
        letGo()
        attempt = 0
        retryCount = 0
        guard !position.isEnded else { return true }
        runAt = now
        hintAt = now + Self.hintDelay
        hintCount = 0
        return true
    }

    /// The work failed.
    package mutating func fail(
        _ token: ClaimID, code: String, verdict: FailureVerdict, at now: Duration
    ) -> Bool {
        guard isHeld(by: token) else { return false }
        switch verdict {
        case .abandon:
            return false
        case .deadletter:
            end(.deadletter, code: code, runAt: now)
        case .retry(let delay, countsAsAttempt: true):
            end(.retryable, code: code, runAt: now + delay)
        case .retry(let delay, countsAsAttempt: false):
            end(.retryable, code: code, runAt: now + delay)
            attempt -= 1
            retryCount -= 1
        }
        return true
    }

    /// The worker releases the job while stopping.
    package mutating func release(_ token: ClaimID, at now: Duration) -> Bool {
        guard isHeld(by: token) else { return false }
        queueAgain(at: now)
        return true
    }

    /// Ends the claim without counting its attempt.
    private mutating func queueAgain(at now: Duration) {
        position.state = .queued
        letGo()
        attempt -= 1
        runAt = now
        hintAt = now
        hintCount = 0
    }

    private func isHeld(by token: ClaimID) -> Bool {
        position.state == .working && self.token == token
    }

    private mutating func letGo() {
        token = nil
        leaseUntil = nil
        deadline = nil
    }

    private mutating func end(_ state: JobState, code: String, runAt: Duration) {
        position.state = state
        letGo()
        retryCount += 1
        errorCode = code
        self.runAt = runAt
    }
}

/// Transitions by the reconciler and operators.
extension JobRow {
    /// R2: ends a claim whose lease has expired.
    package mutating func expireLease(
        at now: Duration, policy: RetryPolicy, jitter: Double
    ) -> Bool {
        guard let leaseUntil, leaseUntil < now else { return false }
        expire(code: "lease_expired", at: now, policy, jitter)
        return true
    }

    /// R2: ends the claim of a process that has died.
    ///
    /// - Parameter isInterrupted: whether the database server ended too, so that the job cannot be
    ///   the cause. The attempt then does not count, at most `attemptsMax` times.
    package mutating func endDeadClaim(
        isInterrupted: Bool, at now: Duration, policy: RetryPolicy, jitter: Double
    ) -> Bool {
        guard position.state == .working else { return false }
        guard isInterrupted, interruptions < attemptsMax else {
            expire(code: "worker_died", at: now, policy, jitter)
            return true
        }
        interruptions += 1
        queueAgain(at: now)
        return true
    }

    /// R3: ends work that is past its deadline, whether or not its lease is valid.
    package mutating func expireDeadline(
        at now: Duration, policy: RetryPolicy, jitter: Double
    ) -> Bool {
        guard let deadline, deadline < now else { return false }
        expire(code: "deadline_exceeded", at: now, policy, jitter)
        return true
    }

    /// A retry has become due. The job waits again, and a hint is sent.
    package mutating func resumeRetry(at now: Duration) -> Bool {
        guard position.state == .retryable, runAt <= now else { return false }
        position.state = .queued
        hintAt = now + Self.hintDelay
        hintCount = 0
        return true
    }

    /// R1: the hint of a waiting job is resent when it is overdue. The next one is due in 1 to 15
    /// minutes, doubling, with a jitter of up to 20 %.
    ///
    /// - Parameter jitter: a number in 0…1; 0.5 leaves the delay unchanged.
    package mutating func resendHints(at now: Duration, jitter: Double) -> Bool {
        guard dueQueue(at: now) != nil, hintAt <= now else { return false }
        let minutes = min(15, 1 << min(hintCount, 4))
        hintAt = now + .seconds(60) * Double(minutes) * (0.8 + 0.4 * jitter)
        hintCount += 1
        return true
    }

    /// An operator returns a dead letter to the stage at which it failed.
    package mutating func redrive(at now: Duration) -> Bool {
        guard position.state == .deadletter else { return false }
        position.state = .queued
        attempt = 0
        retryCount = 0
        runAt = now
        hintAt = now
        hintCount = 0
        return true
    }

    private mutating func expire(
        code: String, at now: Duration, _ policy: RetryPolicy, _ jitter: Double
    ) {
        let delay = policy.delay(failures: attempt - 1, jitter: jitter)
        end(attempt >= attemptsMax ? .deadletter : .retryable, code: code, runAt: now + delay)
    }
}
