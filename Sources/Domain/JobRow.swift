/// A job's row as far as the delivery protocol looks at it, and the rules by which it changes.
///
/// Pure: `now` and the token are given. The SQL of the job store decides the same, which
/// `ConformanceTests` holds it to. A rule that does not apply returns false and changes nothing.
/// Times are durations since any fixed moment.
package struct JobRow: Hashable, Sendable {
    package var position: Position
    /// The token of the claim under which it is worked on; there is one exactly in `working`.
    package var token: ClaimID?
    /// Claims of this queue's work so far, those given back not counted.
    package var attempt: Int
    package var attemptsMax: Int
    /// Failures of this queue's work so far.
    package var retryCount: Int
    /// Not to be claimed before.
    package var runAt: Duration
    /// When the claim expires unless a heartbeat comes; set exactly in `working`.
    package var leaseUntil: Duration?
    /// When the work is given up unless it gets on, heartbeats or not.
    package var deadline: Duration?
    /// When the next hint is due, if the job waits then.
    package var notifyAt: Duration
    /// Hints sent by the reconciler since the job began to wait.
    package var notifyCount: Int
    /// The code of the last failure.
    package var errorCode: String?
    /// Claims that were interrupted by the end of the whole machine, and cost no attempt.
    package var interruptions: Int

    /// A job as an upload leaves it.
    package init(acceptedAt now: Duration, attemptsMax: Int = 5) {
        position = Position(.queued, .queued)
        attempt = 0
        self.attemptsMax = attemptsMax
        retryCount = 0
        runAt = now
        notifyAt = now
        notifyCount = 0
        interruptions = 0
    }

    /// The queue on which it waits and is due.
    package func dueQueue(at now: Duration) -> WorkQueue? {
        runAt <= now ? WorkQueue(waitingAt: position) : nil
    }
}

/// What a worker does.
extension JobRow {
    /// A worker of `queue` takes the job.
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

    /// The worker says that it lives. An expired lease that nobody ended yet holds again.
    ///
    /// - Parameter deadline: when the work got on, how long it has for its next step.
    package mutating func heartbeat(
        _ token: ClaimID, at now: Duration, lease: Duration, deadline: Duration? = nil
    ) -> Bool {
        guard isHeld(by: token) else { return false }
        leaseUntil = now + lease
        if let deadline { self.deadline = now + deadline }
        return true
    }

    /// The worker passes to the next stage within its own work.
    package mutating func advance(_ token: ClaimID, to stage: Stage) -> Bool {
        let next = Position(stage, .working)
        guard isHeld(by: token), Transition(from: position, to: next) == .advance
        else { return false }
        position = next
        return true
    }

    /// The work is done; the job rests for the next queue, or is finished.
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
        notifyAt = now + .seconds(30)
        notifyCount = 0
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

    /// The worker gives the job back unharmed, on its way out.
    package mutating func release(_ token: ClaimID, at now: Duration) -> Bool {
        guard isHeld(by: token) else { return false }
        queueAgain(at: now)
        return true
    }

    /// The claim ends and its attempt does not count.
    private mutating func queueAgain(at now: Duration) {
        position.state = .queued
        letGo()
        attempt -= 1
        runAt = now
        notifyAt = now
        notifyCount = 0
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

/// What the reconciler and operators do.
extension JobRow {
    /// R2: ends a claim without heartbeat.
    package mutating func expireLease(
        at now: Duration, policy: RetryPolicy, jitter: Double
    ) -> Bool {
        guard let leaseUntil, leaseUntil < now else { return false }
        expire(code: "lease_expired", at: now, policy, jitter)
        return true
    }

    /// R2: ends the claim of a process that has died.
    ///
    /// - Parameter isInterrupted: whether the database server ended, too, so that the job cannot
    ///   have been the cause. Then the attempt does not count, `attemptsMax` times at most.
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

    /// R3: ends work that lives but has taken too long.
    package mutating func expireDeadline(
        at now: Duration, policy: RetryPolicy, jitter: Double
    ) -> Bool {
        guard let deadline, deadline < now else { return false }
        expire(code: "deadline_exceeded", at: now, policy, jitter)
        return true
    }

    /// A retry has become due: the job waits again, and its queue is told.
    package mutating func resumeRetry(at now: Duration) -> Bool {
        guard position.state == .retryable, runAt <= now else { return false }
        position.state = .queued
        notifyAt = now + .seconds(30)
        notifyCount = 0
        return true
    }

    /// R1: nobody was told of the job for a while. The next hint is due in 1 to 15 minutes,
    /// doubling, moved by up to 20 %.
    ///
    /// - Parameter jitter: a number in 0…1; 0.5 leaves the delay unchanged.
    package mutating func renotify(at now: Duration, jitter: Double) -> Bool {
        guard dueQueue(at: now) != nil, notifyAt <= now else { return false }
        let minutes = min(15, 1 << min(notifyCount, 4))
        notifyAt = now + .seconds(60) * Double(minutes) * (0.8 + 0.4 * jitter)
        notifyCount += 1
        return true
    }

    /// An operator sends a dead letter back to the stage at which it failed.
    package mutating func redrive(at now: Duration) -> Bool {
        guard position.state == .deadletter else { return false }
        position.state = .queued
        attempt = 0
        retryCount = 0
        runAt = now
        notifyAt = now
        notifyCount = 0
        return true
    }

    private mutating func expire(
        code: String, at now: Duration, _ policy: RetryPolicy, _ jitter: Double
    ) {
        let delay = policy.delay(failures: attempt - 1, jitter: jitter)
        end(attempt >= attemptsMax ? .deadletter : .retryable, code: code, runAt: now + delay)
    }
}
