import Domain
import FoundationEssentials
import HTTPTypes
import Hashing
import Hummingbird
import NIOCore
import Pipeline

/// Implements `POST /v1/embeddings` and `GET /v1/models` like OpenAI.
///
/// - Source: https://github.com/openai/openai-openapi, createEmbedding.
struct MockEmbeddings: Sendable {
    static let endpoint = "embeddings"

    let state: MockState
    let key: String?

    private static let inputsMax = 2048
    private static let inputTokensMax = 8192
    private static let requestTokensMax = 300_000
    /// Width, and whether a request may specify a narrower one.
    private static let models: [String: (width: Int, isFlexible: Bool)] = [
        "text-embedding-ada-002": (1536, false),
        "text-embedding-3-small": (1536, true), "text-embedding-3-large": (3072, true),
    ]

    private struct Question: Decodable {
        var model: String
        var input: Input
        var encoding_format: String?
        var dimensions: Int?
    }

    private struct Input: Decodable {
        var texts: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            texts =
                try (try? container.decode(String.self)).map { [$0] }
                ?? container.decode([String].self)
        }
    }

    func answer(_ request: Request) async throws -> Response {
        let fault = state.begin(Self.endpoint)
        if fault == .hang { return try await MockRefusal.hang(request) }
        if fault == .stall { return MockRefusal.stall() }
        let body = try await request.body.collect(upTo: 32 << 20)
        if state.latency > .zero { try await Task.sleep(for: state.latency) }
        if let fault, let refusal = Self.refusal(by: fault) { return refusal }
        do throws(MockRefusal) {
            try checkKey(request)
            let question = try Self.question(body)
            return answer(question, fault)
        } catch {
            return error.response
        }
    }

    private struct ModelList: Encodable {
        struct Model: Encodable {
            var id: String
            var object = "model"
            var created = 0
            var owned_by = "mock"
        }
        var object = "list"
        var data: [Model]
    }

    /// `GET /v1/models`: neither counted nor subject to faults.
    func models(_ request: Request) -> Response {
        do throws(MockRefusal) {
            try checkKey(request)
        } catch {
            return error.response
        }
        return MockJSON.response(
            ModelList(data: Self.models.keys.sorted().map { .init(id: $0) }))
    }

    private func checkKey(_ request: Request) throws(MockRefusal) {
        guard let key, request.headers[.authorization] != "Bearer \(key)" else { return }
        throw MockRefusal(
            .unauthorized, "Incorrect API key provided.", type: "invalid_request_error",
            code: "invalid_api_key")
    }

    private static func question(_ body: ByteBuffer) throws(MockRefusal) -> Question {
        let question: Question
        do {
            question = try JSONDecoder().decode(Question.self, from: Data(body.readableBytesView))
        } catch {
            throw .invalid("The body is not a request for embeddings.")
        }
        guard let model = models[question.model] else {
            throw MockRefusal(
                .notFound, "The model `\(question.model)` does not exist.",
                type: "invalid_request_error", code: "model_not_found")
        }
        if let dimensions = question.dimensions {
            guard model.isFlexible else {
                throw .invalid("This model does not support specifying dimensions.")
            }
            guard (1...model.width).contains(dimensions) else {
                throw .invalid("dimensions must be between 1 and \(model.width).")
            }
        }
        try check(question.input.texts)
        return question
    }

    private static func check(_ texts: [String]) throws(MockRefusal) {
        guard (1...inputsMax).contains(texts.count) else {
            throw .invalid("'input' must have 1 to \(inputsMax) items.")
        }
        guard !texts.contains(where: \.isEmpty) else {
            throw .invalid("'$.input' is invalid: an item is empty.")
        }
        if let longest = texts.map(tokens).max(), longest > inputTokensMax {
            throw MockRefusal(
                .badRequest,
                "This model's maximum context length is \(inputTokensMax) tokens, however you "
                    + "requested \(longest) tokens.", type: "invalid_request_error", code: nil)
        }
        guard texts.map(tokens).reduce(0, +) <= requestTokensMax else {
            throw MockRefusal(
                .badRequest,
                "Requested tokens, max \(requestTokensMax) tokens per request",
                type: "max_tokens_per_request", code: "max_tokens_per_request")
        }
    }

    /// The server's own estimate: one token per four bytes, rounded up.
    private static func tokens(of text: String) -> Int { (text.utf8.count + 3) / 4 }

    // MARK: Answers

    private struct Answer: Encodable {
        var object = "list"
        var data: [Item]
        var model: String
        var usage: Usage

        struct Item: Encodable {
            var object = "embedding"
            var index: Int
            var embedding: Vector
        }

        struct Usage: Encodable {
            var prompt_tokens: Int
            var total_tokens: Int
        }
    }

    private enum Vector: Encodable {
        case numbers([Float])
        case base64([Float])

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .numbers(let numbers): try container.encode(numbers)
            case .base64(let numbers):
                // Little-endian, like the protocol, on every machine that this runs on.
                let data = numbers.withUnsafeBytes { Data($0) }
                try container.encode(data.base64EncodedString())
            }
        }
    }

    private func answer(_ question: Question, _ fault: MockFault?) -> Response {
        let texts = question.input.texts
        let tokens = texts.map(Self.tokens).reduce(0, +)
        let width = question.dimensions ?? Self.models[question.model]!.width
        let vectors = texts.map { Self.fitted(HashingEmbedder.vector(of: $0), to: width) }
        var items = Self.spoil(vectors, by: fault)
            .enumerated().map { index, numbers in
                Answer.Item(
                    index: index,
                    embedding: question.encoding_format == "base64"
                        ? .base64(numbers) : .numbers(numbers))
            }
        if fault == .reordered { items.reverse() }
        if fault == .repeatedIndex, items.count > 1 { items[items.count - 1].index = 0 }
        if fault == .repeatedIndex, items.count == 1 { items[0].index = 1 }
        state.bill(Self.endpoint, units: texts.count, tokens: tokens)
        let answer = Answer(
            data: items, model: question.model,
            usage: .init(prompt_tokens: tokens, total_tokens: tokens))
        let response = MockJSON.response(answer, headers: Self.headers)
        return fault == .reset ? MockRefusal.broken(response) : response
    }

    /// Pads with zeros, or truncates and normalises.
    private static func fitted(_ vector: [Float], to width: Int) -> [Float] {
        guard width < vector.count else {
            return vector + [Float](repeating: 0, count: width - vector.count)
        }
        let part = Array(vector.prefix(width))
        let length = part.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? part.map { $0 / length } : [1] + part.dropFirst()
    }

    private static func spoil(_ vectors: [[Float]], by fault: MockFault?) -> [[Float]] {
        var spoilt = vectors
        let last = spoilt.count - 1
        switch fault {
        case .short: spoilt.removeLast()
        case .wrongWidth: spoilt[last].removeLast()
        case .notANumber: spoilt[last][0] = .nan
        case .zeros: spoilt[last] = spoilt[last].map { _ in 0 }
        default: break
        }
        return spoilt
    }

    private static let headers: HTTPFields = [
        .init("x-ratelimit-limit-requests")!: "10000",
        .init("x-ratelimit-remaining-requests")!: "9999",
        .init("x-ratelimit-reset-requests")!: "6ms",
        .init("x-ratelimit-limit-tokens")!: "10000000",
        .init("x-ratelimit-remaining-tokens")!: "9999999",
        .init("x-ratelimit-reset-tokens")!: "0s",
    ]
}
