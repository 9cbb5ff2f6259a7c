import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import TestCluster

/// A client of the API, with the calls that the scenarios need.
struct Client: Sendable {
    let address: String

    struct Accepted: Decodable, Sendable {
        var document_id: String
        var job_id: String
        var duplicate: Bool
    }

    struct Counts: Decodable, Sendable {
        struct Count: Decodable, Sendable {
            var stage: String
            var state: String
            var jobs: Int
        }
        var counts: [Count]
    }

    /// - Throws: `TrialFailure` when the API refuses the document or does not answer.
    func upload(_ text: String, as name: String) async throws -> Accepted {
        var request = HTTPClientRequest(url: "\(address)/v1/documents?filename=\(name)")
        request.method = .POST
        request.body = .bytes(ByteBuffer(string: text))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let body = String(buffer: try await response.body.collect(upTo: 1 << 16))
        guard (200..<300).contains(response.status.code) else {
            throw TrialFailure("\(name) was refused: \(body)")
        }
        return try JSONDecoder().decode(Accepted.self, from: Data(body.utf8))
    }

    /// Uploads documents one after the other. Returns their acknowledgements.
    func upload(_ count: Int, as name: String) async throws -> [Accepted] {
        var accepted: [Accepted] = []
        for number in 1...count {
            let text = "# \(name) \(number)\n\nParcel \(number) of \(name) lies in its bay."
            accepted.append(try await upload(text, as: "\(name)-\(number).md"))
        }
        return accepted
    }

    /// Jobs by stage and state, as `GET /v1/pipeline` reports them.
    func counts() async throws -> [String: Int] {
        let answer = try await get("/v1/pipeline", as: Counts.self)
        return Dictionary(
            uniqueKeysWithValues: answer.counts.map { ("\($0.stage)/\($0.state)", $0.jobs) })
    }

    struct Events: Decodable, Sendable {
        struct Event: Decodable, Sendable {
            struct Payload: Decodable, Sendable {
                var to_stage: String?
                var to_state: String?
            }
            var type: String
            var code: String
            var payload: Payload
        }
        var events: [Event]
    }

    func events(of job: String) async throws -> [Events.Event] {
        try await get("/v1/jobs/\(job)/events", as: Events.self).events
    }

    private func get<Answer: Decodable>(
        _ path: String, as type: Answer.Type
    ) async throws -> Answer {
        let request = HTTPClientRequest(url: address + path)
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let body = String(buffer: try await response.body.collect(upTo: 1 << 20))
        guard response.status == .ok else { throw TrialFailure("\(path): \(body)") }
        return try JSONDecoder().decode(type, from: Data(body.utf8))
    }

    /// Sets the faults of `mock-services` from now on.
    static func setFaults(_ faults: String, at address: String) async throws {
        var request = HTTPClientRequest(url: address + "/mock/faults")
        request.method = .PUT
        request.body = .bytes(ByteBuffer(string: #"{"faults":"\#(faults)"}"#))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        guard response.status == .ok else { throw TrialFailure("faults: \(response.status)") }
    }
}
