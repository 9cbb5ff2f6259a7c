import Concurrency
import Domain
import Pipeline
import Synchronization
import Testing

@testable import OpenAI

/// How the calls of many jobs share requests.
@Suite(.timeLimit(.minutes(5))) struct RequestPackerTests {
    /// A server that answers each text with its number and records its requests.
    private final class Server: Sendable {
        private let asked = Mutex<[[String]]>([])
        private let inFlight = Mutex((now: 0, most: 0))
        let refuse: @Sendable ([String]) -> RequestFailure?

        init(refuse: @escaping @Sendable ([String]) -> RequestFailure? = { _ in nil }) {
            self.refuse = refuse
        }

        var requests: [[String]] { asked.withLock { $0 } }
        var most: Int { inFlight.withLock { $0.most } }

        func answer(_ parts: [RequestPart]) async -> RequestPacker.Answer {
            let texts = parts.flatMap(\.texts)
            asked.withLock { $0.append(texts) }
            inFlight.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            // Gives other requests time to arrive during this one.
            for _ in 0..<20 { await Task.yield() }
            inFlight.withLock { $0.now -= 1 }
            if let failure = refuse(texts) { return .failure(failure) }
            return .success(texts.map { [Float($0.split(separator: " ")[0])!] })
        }
    }

    private let subject = CallSubject(tenant: TenantID())

    private func packer(
        _ server: Server, inputsMax: Int = 100, tokensMax: Int = 1_000_000, requestsMax: Int = 4,
        linger: Duration = .milliseconds(20)
    ) -> RequestPacker {
        RequestPacker(
            inputsMax: inputsMax, tokensMax: tokensMax, requestsMax: requestsMax, linger: linger
        ) { parts, _ in await server.answer(parts) }
    }

    /// Makes the calls of several jobs at once; returns the result of each.
    private func call(
        _ packer: RequestPacker, _ calls: [[String]]
    ) async -> [Result<[[Float]], JobFailure>] {
        await withTaskGroup(of: (Int, Result<[[Float]], JobFailure>).self) { group in
            for (index, texts) in calls.enumerated() {
                group.addTask {
                    do throws(JobFailure) {
                        return (
                            index,
                            .success(
                                try await packer.vectors(
                                    of: RequestPart(subject: subject, texts: texts)))
                        )
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var results = [Result<[[Float]], JobFailure>?](repeating: nil, count: calls.count)
            for await (index, result) in group { results[index] = result }
            return results.compactMap { $0 }
        }
    }

    private func numbers(_ call: Int, _ count: Int) -> [String] {
        (0..<count).map { "\(call * 100 + $0)" }
    }

    private func expectRight(
        _ results: [Result<[[Float]], JobFailure>], _ calls: [[String]]
    ) throws {
        for (result, texts) in zip(results, calls) {
            #expect(try result.get() == texts.map { [Float($0.split(separator: " ")[0])!] })
        }
    }

    @Test func `concurrent calls share a request, and each gets its own vectors`() async throws {
        let server = Server()
        let calls = (0..<5).map { numbers($0, 7) }
        try expectRight(await call(packer(server), calls), calls)
        #expect(server.requests.map(\.count) == [35])
    }

    @Test func `requests contain whole calls and stay within their limits`() async throws {
        let server = Server()
        let calls = (0..<9).map { numbers($0, 40) }
        try expectRight(await call(packer(server, requestsMax: 2), calls), calls)
        #expect(server.requests.allSatisfy { $0.count <= 100 && $0.count % 40 == 0 })
        #expect(server.most <= 2)
        let fat = (0..<4).map { ["\($0) " + String(repeating: "x", count: 4000)] }
        let other = Server()
        try expectRight(await call(packer(other, tokensMax: 2500), fat), fat)
        #expect(other.requests.map(\.count).max() == 2)
    }

    @Test func `a call that exceeds the request limit fails before it is sent`() async throws {
        let server = Server()
        let packer = packer(server, tokensMax: 2500)
        let texts = (0..<8).map { "\($0) " + String(repeating: "x", count: 4000) }
        let failure = await #expect(throws: JobFailure.self) {
            try await call(packer, [texts])[0].get()
        }
        #expect(failure?.code == .embedder(.requestTooLarge))
        #expect(failure?.class == .permanent)
        #expect(server.requests.isEmpty)
        // A single text may be within the server's own count, so the server decides.
        let long = ["1 " + String(repeating: "x", count: 40_000)]
        try expectRight(await call(packer, [long]), [long])
    }

    @Test func `a text that the server refuses fails only its own job`() async throws {
        let bad = JobFailure.permanent(.embedder(.inputTooLong), "no")
        let server = Server { $0.contains("205") ? .rejected(bad) : nil }
        let calls = (0..<4).map { numbers($0, 10) }
        let results = await call(packer(server), calls)
        for (index, result) in results.enumerated() {
            if index == 2 {
                #expect(throws: bad) { try result.get() }
            } else {
                try expectRight([result], [calls[index]])
            }
        }
    }

    @Test func `a request that the server rejects is sent again call by call, but never in parts`()
        async throws
    {
        let tooLarge = JobFailure.permanent(.embedder(.requestTooLarge), "no")
        let server = Server { $0.count > 10 ? .rejected(tooLarge) : nil }
        let calls = [numbers(0, 10), numbers(1, 11), numbers(2, 10)]
        let results = await call(packer(server), calls)
        try expectRight([results[0], results[2]], [calls[0], calls[2]])
        #expect(throws: tooLarge) { try results[1].get() }
        #expect(server.requests.map(\.count).sorted() == [10, 10, 11, 31])
    }

    @Test func `a failure that no text caused ends the sending call by call`() async throws {
        let trouble = JobFailure.unavailable(.provider(.quota), "no credit")
        let server = Server { texts in
            texts.count > 1
                ? .rejected(.permanent(.provider(.refused), "no")) : .failed(trouble)
        }
        let results = await call(packer(server), [["1"], ["2"], ["3"]])
        for result in results { #expect(throws: trouble) { try result.get() } }
        #expect(server.requests.map(\.count) == [3, 1])
    }

    @Test func `a cancelled call of a rejected request is not sent again`() async throws {
        let (sent, inlet) = AsyncStream.makeStream(of: Int.self)
        let hasLeft = StopSignal()
        let packer = RequestPacker(
            inputsMax: 10, tokensMax: 1000, requestsMax: 1, linger: .milliseconds(20)
        ) { parts, _ in
            inlet.yield(parts.count)
            guard parts.count > 1 else { return .success([[2]]) }
            await hasLeft.wait()
            return .failure(.rejected(.permanent(.provider(.refused), "no")))
        }
        let gone = Task {
            try await packer.vectors(of: RequestPart(subject: subject, texts: ["1"]))
        }
        let kept = Task {
            try await packer.vectors(of: RequestPart(subject: subject, texts: ["2"]))
        }
        var requests = sent.makeAsyncIterator()
        #expect(await requests.next() == 2)
        gone.cancel()
        await #expect(throws: JobFailure.self) { try await gone.value }
        hasLeft.raise()
        #expect(try await kept.value == [[2]])
        inlet.finish()
        #expect(await requests.next() == 1)
        #expect(await requests.next() == nil)
    }

    @Test func `a request is wanted while any of its callers waits`() async throws {
        let (answers, inlet) = AsyncStream.makeStream(of: Bool.self)
        let (steps, step) = AsyncStream.makeStream(of: Void.self)
        let packer = RequestPacker(
            inputsMax: 10, tokensMax: 1000, requestsMax: 1, linger: .milliseconds(20)
        ) { _, isWanted in
            inlet.yield(await isWanted())
            for await _ in steps { inlet.yield(await isWanted()) }
            return .success([[1], [2]])
        }
        let callers = ["1", "2"].map { text in
            Task { try await packer.vectors(of: RequestPart(subject: subject, texts: [text])) }
        }
        var answer = answers.makeAsyncIterator()
        #expect(await answer.next() == true)
        for (caller, isWanted) in zip(callers, [true, false]) {
            caller.cancel()
            await #expect(throws: JobFailure.self) { try await caller.value }
            step.yield()
            #expect(await answer.next() == isWanted)
        }
        step.finish()
    }

    @Test func `a call lingers even when a request ends in the meantime`() async throws {
        let server = Server()
        let packer = packer(server, linger: .milliseconds(400))
        // Two of 60 texts do not fit into a request, so that the first leaves at once.
        async let early = call(packer, [numbers(0, 60), numbers(1, 60)])
        try await Task.sleep(for: .milliseconds(100))
        let late = await call(packer, [numbers(2, 30)])
        try expectRight(late, [numbers(2, 30)])
        try expectRight(await early, [numbers(0, 60), numbers(1, 60)])
        #expect(server.requests.map(\.count) == [60, 90])
    }

    @Test func `a failure that no text caused fails the whole request only`()
        async throws
    {
        let trouble = JobFailure.transient(.provider(.error), "no")
        let isBroken = Atomic(true)
        let server = Server { _ in
            isBroken.exchange(false, ordering: .relaxed) ? .failed(trouble) : nil
        }
        let packer = packer(server)
        let first = await call(packer, [["1"], ["2"]])
        for result in first { #expect(throws: trouble) { try result.get() } }
        try expectRight(await call(packer, [["3"]]), [["3"]])
        #expect(server.requests.count == 2)
    }

    @Test func `a cancelled caller returns before the response`() async throws {
        let (sent, continuation) = AsyncStream.makeStream(of: Void.self)
        let packer = RequestPacker(
            inputsMax: 10, tokensMax: 1000, requestsMax: 1, linger: .zero
        ) { _, _ in
            continuation.yield()
            // Never answers during the test.
            try? await Task.sleep(for: .seconds(3600))
            return .success([[1]])
        }
        let waiting = Task {
            try await packer.vectors(of: RequestPart(subject: subject, texts: ["1"]))
        }
        for await _ in sent { break }
        waiting.cancel()
        await #expect(throws: JobFailure.self) { try await waiting.value }
    }

    @Test func `a call that is cancelled before it is sent is not sent`() async throws {
        let server = Server()
        let packer = packer(server, linger: .seconds(2))
        let gone = Task {
            try await packer.vectors(of: RequestPart(subject: subject, texts: ["1"]))
        }
        let kept = Task {
            try await packer.vectors(of: RequestPart(subject: subject, texts: ["2"]))
        }
        try await Task.sleep(for: .milliseconds(50))
        gone.cancel()
        await #expect(throws: JobFailure.self) { try await gone.value }
        #expect(try await kept.value == [[2]])
        #expect(server.requests == [["2"]])
    }
}
