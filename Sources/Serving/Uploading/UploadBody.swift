import Hummingbird
import NIOCore

/// The bytes of a request's body as they arrive.
struct UploadBody: AsyncIteratorProtocol {
    private var base: RequestBody.AsyncIterator

    init(_ request: Request) { base = request.body.makeAsyncIterator() }

    /// - Throws: a 400 problem when the body ends early or its framing is invalid.
    mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
        do {
            return try await base.next(isolation: actor).map { Array($0.readableBytesView) }
        } catch let error as CancellationError {
            throw error
        } catch {
            throw Problem.malformedBody
        }
    }

    mutating func next() async throws -> [UInt8]? { try await next(isolation: nil) }
}
