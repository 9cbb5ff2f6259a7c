import Domain
import Pipeline

/// Why a request returned no vectors.
enum RequestFailure: Error, Equatable {
    /// The server rejected the content or the size of the request. One of its calls may be the
    /// cause.
    case rejected(JobFailure)
    /// A failure that the texts did not cause.
    case failed(JobFailure)

    var jobFailure: JobFailure {
        switch self {
        case .rejected(let failure), .failed(let failure): failure
        }
    }
}

/// The texts of one call within a request, with their prefixes.
struct RequestPart: Sendable {
    var subject: CallSubject
    var texts: [String]

    /// By the server's estimate: one token per four bytes, rounded up.
    var tokens: Int { texts.reduce(0) { $0 + ($1.utf8.count + 3) / 4 } }
}

/// Packs the calls of many jobs into requests and distributes the vectors to the callers.
///
/// A request that the server rejects is sent again call by call, so that only the offending call
/// fails. A single call is never split: its caller can make smaller calls and store the vectors of
/// each, so that none are lost when a later one fails. A request is not sent once all its callers
/// are cancelled. The number of waiting calls is bounded by the number of running jobs.
actor RequestPacker {
    typealias Answer = Result<[[Float]], RequestFailure>
    /// Sends a request. `isWanted` is whether any of its callers still waits; if none does, nothing
    /// is sent.
    typealias Send =
        @Sendable (_ parts: [RequestPart], _ isWanted: @Sendable () async -> Bool) async -> Answer

    private struct Call {
        let id: Int
        let part: RequestPart
    }

    private let inputsMax: Int
    private let tokensMax: Int
    private let requestsMax: Int
    private let linger: Duration
    private let send: Send
    private var waiting: [Call] = []
    /// The callers that wait for vectors, by call id.
    private var callers: [Int: CheckedContinuation<Result<[[Float]], JobFailure>, Never>] = [:]
    private var inFlight = 0
    private var lastID = 0
    private var isLingering = false

    init(
        inputsMax: Int, tokensMax: Int, requestsMax: Int, linger: Duration,
        send: @escaping Send
    ) {
        self.inputsMax = inputsMax
        self.tokensMax = tokensMax
        self.requestsMax = requestsMax
        self.linger = linger
        self.send = send
    }

    /// The vectors of one call.
    ///
    /// - Throws: `embedding_request_too_large` if the call has several texts and exceeds the limit
    ///   of a request.
    func vectors(of part: RequestPart) async throws(JobFailure) -> [[Float]] {
        guard part.tokens <= tokensMax || part.texts.count == 1 else {
            throw .permanent(
                .embedder(.requestTooLarge),
                "the call has about \(part.tokens) tokens, which exceeds the limit of \(tokensMax) "
                    + "tokens per request; use smaller calls")
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
                await settle(calls, await answer(to: calls))
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
        case .failure(.rejected(let failure)) where calls.count == 1:
            self.answer(calls[0].id, .failure(failure))
        case .failure(.rejected):
            await sendAlone(calls)
        }
    }

    /// Sends each call in a request of its own, except those whose callers are cancelled. A failure
    /// that the texts did not cause ends this, because the remaining calls would fail too.
    private func sendAlone(_ calls: [Call]) async {
        var rest = calls[...]
        while let call = rest.popFirst() {
            guard callers[call.id] != nil else { continue }
            let answer = await answer(to: [call])
            await settle([call], answer)
            guard case .failure(.failed) = answer else { continue }
            await settle(Array(rest), answer)
            return
        }
    }

    private func answer(to calls: [Call]) async -> Answer {
        let ids = calls.map(\.id)
        return await send(calls.map(\.part)) { await self.hasCaller(ids) }
    }

    private func hasCaller(_ ids: [Int]) -> Bool { ids.contains { callers[$0] != nil } }
}
