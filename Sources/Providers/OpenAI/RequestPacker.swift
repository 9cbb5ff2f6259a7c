import Domain
import Pipeline

/// Why a request returned no vectors.
enum RequestFailure: Error, Equatable {
    /// The request exceeds the server's limit on texts or tokens per request.
    case tooLarge(JobFailure)
    /// The server rejected the content. A single text may have caused it.
    case refused(JobFailure)
    /// A failure that the texts did not cause.
    case failed(JobFailure)

    var jobFailure: JobFailure {
        switch self {
        case .tooLarge(let failure), .refused(let failure), .failed(let failure): failure
        }
    }
}

/// The texts of one call within a request.
struct RequestPart: Sendable {
    var subject: CallSubject
    var texts: [String]

    /// By the server's estimate: one token per four bytes, rounded up.
    var tokens: Int { texts.reduce(0) { $0 + ($1.utf8.count + 3) / 4 } }

    /// The texts split into two parts of the same call.
    var halves: [RequestPart] {
        let middle = texts.count / 2
        return [texts.prefix(middle), texts.suffix(texts.count - middle)].map {
            RequestPart(subject: subject, texts: Array($0))
        }
    }
}

/// Packs the calls of many jobs into requests and distributes the vectors to the callers.
///
/// A request that the server rejects is sent again call by call, so that only the offending call
/// fails. A single call that the server rejects is sent again in halves, because its texts may be
/// acceptable in smaller requests; otherwise the failure is that of the offending text. The number
/// of waiting calls is bounded by the number of running jobs.
actor RequestPacker {
    typealias Answer = Result<[[Float]], RequestFailure>

    private struct Call {
        let id: Int
        let part: RequestPart
    }

    private let inputsMax: Int
    private let tokensMax: Int
    private let requestsMax: Int
    private let linger: Duration
    private let send: @Sendable ([RequestPart]) async -> Answer
    private var waiting: [Call] = []
    /// The callers that wait for vectors, by call id.
    private var callers: [Int: CheckedContinuation<Result<[[Float]], JobFailure>, Never>] = [:]
    private var inFlight = 0
    private var lastID = 0
    private var isLingering = false

    init(
        inputsMax: Int, tokensMax: Int, requestsMax: Int, linger: Duration,
        send: @escaping @Sendable ([RequestPart]) async -> Answer
    ) {
        self.inputsMax = inputsMax
        self.tokensMax = tokensMax
        self.requestsMax = requestsMax
        self.linger = linger
        self.send = send
    }

    func vectors(of part: RequestPart) async throws(JobFailure) -> [[Float]] {
        if part.tokens > tokensMax, part.texts.count > 1 {
            var vectors: [[Float]] = []
            for half in part.halves { vectors += try await self.vectors(of: half) }
            return vectors
        }
        lastID += 1
        let id = lastID
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                callers[id] = continuation
                accept(Call(id: id, part: part))
            }
        } onCancel: {
            Task { await self.cancel(id) }
        }
        return try outcome.get()
    }

    private func accept(_ call: Call) {
        waiting.append(call)
        guard !isLingering else { return dispatch(onlyFull: true) }
        isLingering = true
        // An unstructured task, because a request serves several calls and outlives the one that
        // triggered it.
        Task {
            do { try await Task.sleep(for: linger) } catch {}
            isLingering = false
            dispatch(onlyFull: false)
        }
    }

    /// Removes a call that has not been sent. The vectors of a call in flight are discarded.
    private func cancel(_ id: Int) {
        waiting.removeAll { $0.id == id }
        answer(id, .failure(.transient(.worker(.cancelled), "the work was cancelled")))
    }

    private func answer(_ id: Int, _ result: Result<[[Float]], JobFailure>) {
        callers.removeValue(forKey: id)?.resume(returning: result)
    }

    /// Sends waiting calls, up to `requestsMax` requests in flight.
    private func dispatch(onlyFull: Bool) {
        while inFlight < requestsMax, let calls = nextRequest(onlyFull: onlyFull) {
            inFlight += 1
            Task {
                let answer = await send(calls.map(\.part))
                await settle(calls, answer)
                inFlight -= 1
                // Calls that linger leave when their time is over.
                dispatch(onlyFull: isLingering)
            }
        }
    }

    /// The next calls that fit into one request; `nil` if none wait, or if `onlyFull` and the
    /// waiting calls do not fill a request.
    private func nextRequest(onlyFull: Bool) -> [Call]? {
        var inputs = 0
        var tokens = 0
        var count = 0
        for call in waiting {
            inputs += call.part.texts.count
            tokens += call.part.tokens
            if count > 0, inputs > inputsMax || tokens > tokensMax { break }
            count += 1
        }
        guard count > 0, !onlyFull || count < waiting.count else { return nil }
        let calls = Array(waiting.prefix(count))
        waiting.removeFirst(count)
        return calls
    }

    private func settle(_ calls: [Call], _ answer: Answer) async {
        switch answer {
        case .success(let vectors):
            var rest = vectors[...]
            for call in calls {
                let count = call.part.texts.count
                self.answer(call.id, .success(Array(rest.prefix(count))))
                rest = rest.dropFirst(count)
            }
        case .failure(.failed(let failure)):
            for call in calls { self.answer(call.id, .failure(failure)) }
        case .failure(let failure) where calls.count == 1:
            let call = calls[0]
            self.answer(call.id, await inParts(call.part, after: failure))
        case .failure:
            for call in calls { await settle([call], await send([call.part])) }
        }
    }

    /// Resends one call in halves while the server rejects it. The first text that is rejected
    /// alone ends this, after at most two requests per halving.
    private func inParts(
        _ part: RequestPart, after failure: RequestFailure
    ) async -> Result<[[Float]], JobFailure> {
        switch failure {
        case .failed(let failure): return .failure(failure)
        case .tooLarge(let failure), .refused(let failure):
            guard part.texts.count > 1 else { return .failure(failure) }
        }
        var vectors: [[Float]] = []
        for half in part.halves {
            switch await send([half]) {
            case .success(let some): vectors += some
            case .failure(let failure):
                switch await inParts(half, after: failure) {
                case .success(let some): vectors += some
                case .failure(let failure): return .failure(failure)
                }
            }
        }
        return .success(vectors)
    }
}
