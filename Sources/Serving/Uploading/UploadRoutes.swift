import Domain
import HTTPTypes
import Hummingbird
import Uploading

/// Uploads whose bytes are the body of a request.
struct UploadRoutes: Sendable {
    let handler: UploadHandler

    /// `POST /v1/documents`
    func upload(_ request: Request, _ context: ServingContext) async throws -> Response {
        let tenant = try context.requireTenant()
        let key = try Self.idempotencyKey(request)
        let byteCount = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        let receipt = try await handler.accept(
            from: tenant, announcing: byteCount, logger: context.logger
        ) { arrival in
            let type = request.headers[.contentType] ?? "application/octet-stream"
            func describe(filename: String, type: String) throws -> UploadRequest {
                UploadRequest(
                    tenant: tenant, filename: try Filename(filename), declaredType: type,
                    idempotencyKey: key, correlationID: context.requestID)
            }
            guard HeaderValue(type).value == "multipart/form-data" else {
                let upload = try describe(filename: Self.filename(of: request), type: type)
                var body = UploadBody(request)
                return try await handler.write(upload, arrival: arrival) {
                    try await body.next(isolation: #isolation)
                }
            }
            var file = try MultipartFile(UploadBody(request), contentType: type)
            try await file.findFile()
            let upload = try describe(filename: file.filename, type: file.contentType ?? "")
            return try await handler.write(upload, arrival: arrival) { try await file.next() }
        }
        return receipt.response
    }

    /// The filename of a body that is the file itself; empty when the request names none.
    private static func filename(of request: Request) -> String {
        request.uri.queryParameters.get("filename")
            ?? request.headers[.contentDisposition].flatMap {
                HeaderValue($0).parameters["filename"]
            } ?? ""
    }

    static func idempotencyKey(_ request: Request) throws(UploadRefusal) -> IdempotencyKey? {
        guard let key = request.headers[.idempotencyKey] else { return nil }
        return try IdempotencyKey(key)
    }
}
