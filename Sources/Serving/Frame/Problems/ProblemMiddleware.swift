import Domain
import HTTPTypes
import Hummingbird
import Logging
import Pipeline
import Searching
import Uploading

/// Turns every error into a problem document and adds the request id to every response.
struct ProblemMiddleware: RouterMiddleware {
    @concurrent func handle(
        _ request: Request, context: ServingContext,
        next: @concurrent (Request, ServingContext) async throws -> Response
    ) async throws -> Response {
        do {
            // The router skips empty segments, so two paths would reach the same route.
            guard !request.uri.path.contains("//") else { throw Self.noSuchRoute }
            var response = try await next(request, context)
            response.headers[.requestID] = context.requestID
            return response
        } catch {
            return problem(error, context).response(requestID: context.requestID)
        }
    }

    private static let noSuchRoute = Problem(
        .noSuchRoute,
        "This path does not exist. The API's paths begin with /v1/.")

    private func problem(_ error: any Error, _ context: ServingContext) -> Problem {
        switch error {
        case let problem as Problem:
            return problem
        case let refusal as UploadRefusal:
            return Problem(refusal)
        case let refusal as SearchRefusal:
            return Problem(refusal)
        case let refusal as Admission.Refusal:
            return Problem(refusal)
        case let error as QueryError:
            return problem(error, context)
        case let failure as JobFailure:
            return problem(failure, context)
        case let error as any HTTPResponseError where error.status == .notFound:
            return Self.noSuchRoute
        case let error as any HTTPResponseError:
            return Problem(.badRequest, status: error.status, "The request is invalid.")
        case is CancellationError:
            return Problem(
                .stopping, "The server is stopping. Try again."
            ).retry(afterSeconds: 1)
        default:
            context.logger.error("unexpected error", metadata: ["error": "\(error)"])
            return .internalError
        }
    }

    private func problem(_ error: QueryError, _ context: ServingContext) -> Problem {
        switch error.kind {
        case .refused:
            return Problem(
                .queryInvalid,
                "The database cannot process this request: \(error.reason)")
        case .busy:
            context.logger.warning("no database connection is free")
            return Problem(
                .busy,
                "All connections to the database are in use. Try again."
            ).retry(afterSeconds: 1)
        case .timeout:
            context.logger.warning("a statement exceeded its time limit")
            return Problem(
                .timeout,
                "The request took too long. Try again, or request less at once."
            ).retry(afterSeconds: 2)
        case .unavailable:
            context.logger.error(
                "the database is unavailable", metadata: ["error": "\(error.reason)"])
            return Problem(
                .databaseUnavailable,
                "The database is unavailable. Try again."
            ).retry(afterSeconds: 2)
        case .fault:
            context.logger.error("unexpected error", metadata: ["error": "\(error.reason)"])
            return .internalError
        }
    }

    /// Reports what is wrong with a document. Any other failure is logged and becomes a 503.
    private func problem(_ failure: JobFailure, _ context: ServingContext) -> Problem {
        let status: HTTPResponse.Status
        switch failure.code.entry.status {
        case 415: status = .unsupportedMediaType
        case 422: status = .unprocessableContent
        default:
            context.logger.error("a service is unavailable", metadata: ["error": "\(failure)"])
            return Problem(
                failure.code, status: .serviceUnavailable,
                "A service that this request needs is unavailable. Try again."
            ).retry(afterSeconds: 2)
        }
        return Problem(failure.code, status: status, failure.message)
    }
}

extension Problem {
    fileprivate init(_ refusal: Admission.Refusal) {
        switch refusal {
        case .full(let places):
            self.init(
                .busy,
                "\(places) requests of this kind, the maximum, are in progress. Try again.")
        case .overShare(let places):
            self.init(
                .tenantBusy,
                "This tenant has its share of the \(places) concurrent requests of this kind. "
                    + "Try again when one of them has ended.")
        }
        headers[.retryAfter] = "1"
    }

    fileprivate static let internalError = Problem(
        .internalError,
        "An internal error occurred. It has been logged.")
}
