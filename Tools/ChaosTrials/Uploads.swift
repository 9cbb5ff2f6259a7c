import AsyncHTTPClient
import Domain
import FoundationEssentials
import NIOCore
import NIOHTTP1

/// Clients that upload documents and retry until the API acknowledges them.
actor Uploads {
    /// An upload that the API acknowledged.
    struct Acknowledged: Sendable {
        var document: String
        var job: String
        var isReadable: Bool
    }

    private(set) var acknowledged: [Acknowledged] = []
    private(set) var violations: [String] = []
    private let rate: Double
    private var random: SplitMix64
    private var backlog = 0
    private var clients = 0

    /// The maximum number of concurrent clients.
    private static let clientsMax = 16
    /// The number of unfinished jobs at which uploads pause.
    private static let backlogMax = 1000

    init(seed: UInt64, rate: Double) {
        self.rate = rate
        random = SplitMix64(state: seed &+ 1)
    }

    func update(backlog jobs: Int) { backlog = jobs }

    /// Uploads until cancelled, then waits for the uploads in flight.
    func run(to apis: [String]) async {
        var number = 0
        var begun: [Task<Void, Never>] = []
        while !Task.isCancelled {
            _ = try? await Task.sleep(for: .seconds(1 / rate))
            guard !Task.isCancelled, clients < Self.clientsMax, backlog < Self.backlogMax
            else { continue }
            number += 1
            clients += 1
            let document = document(number)
            // An unstructured task, so that the end of the run does not cancel it.
            begun.append(
                Task {
                    await upload(document, to: apis)
                    clients -= 1
                })
        }
        for upload in begun { await upload.value }
    }

    private struct Document: Sendable {
        var name: String
        var text: String
        var isReadable: Bool
    }

    /// Makes a document. No parser can read every hundredth one.
    private func document(_ number: Int) -> Document {
        guard number % 100 != 0 else {
            return Document(
                name: "broken-\(number).pdf", text: "%PDF-1.7\n% \(number)\n1 0 obj\n<< /Type",
                isReadable: false)
        }
        let sections = (1...Int.random(in: 1...12, using: &random)).map { section in
            "# Parcel \(number).\(section)\n\n"
                + String(
                    repeating: "Parcel \(number) lies in bay \(section * 7 % 31) of its hall. ",
                    count: Int.random(in: 3...40, using: &random))
        }
        return Document(
            name: "parcel-\(number).md", text: sections.joined(separator: "\n\n"),
            isReadable: true)
    }

    private struct Answer: Decodable {
        var document_id: String
        var job_id: String
    }

    private func upload(_ document: Document, to apis: [String]) async {
        let end = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < end {
            let api = apis.randomElement(using: &random)!
            switch await Self.post(document, to: api) {
            case .accepted(let answer):
                acknowledged.append(
                    Acknowledged(
                        document: answer.document_id, job: answer.job_id,
                        isReadable: document.isReadable))
                return
            case .refused(let reason):
                violations.append("\(document.name) was refused: \(reason)")
                return
            case .unknown:
                _ = try? await Task.sleep(for: .milliseconds(200))
            }
        }
        violations.append("\(document.name) could not be uploaded for five minutes")
    }

    private enum Outcome: Sendable {
        case accepted(Answer)
        case refused(String)
        /// No response, or one that calls for a retry.
        case unknown
    }

    private static func post(_ document: Document, to api: String) async -> Outcome {
        var request = HTTPClientRequest(url: "\(api)/v1/documents?filename=\(document.name)")
        request.method = .POST
        request.body = .bytes(ByteBuffer(string: document.text))
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
            let body = try await response.body.collect(upTo: 1 << 16)
            let text = String(buffer: body)
            switch response.status.code {
            case 200..<300:
                return .accepted(try JSONDecoder().decode(Answer.self, from: Data(text.utf8)))
            case 429, 500...: return .unknown
            default: return .refused(text)
            }
        } catch {
            return .unknown
        }
    }
}
