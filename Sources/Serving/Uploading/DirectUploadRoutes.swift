import Domain
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Pipeline
import Uploading

/// Uploads whose bytes go directly to the storage.
struct DirectUploadRoutes: Sendable {
    let uploads: DirectUploads
    let limits: UploadLimits

    private static let bodyBytesMax = 16 << 10

    private struct PermitBody: Decodable {
        let filename: String
        let contentType: String?
        let bytes: Int

        private enum CodingKeys: String, CodingKey {
            case filename
            case contentType = "content_type"
            case bytes
        }
    }

    private struct PermitResponse: Encodable {
        let documentId: DocumentID
        let method: String
        let url: String
        let headers: [String: String]
        let expiresAt: String
    }

    /// `POST /v1/uploads`
    func permit(_ request: Request, _ context: ServingContext) async throws -> Response {
        let tenant = try context.requireTenant()
        let body = try await JSON.decode(
            PermitBody.self, from: request, bytesMax: Self.bodyBytesMax)
        try limits.check(documentBytes: body.bytes)
        let upload = UploadRequest(
            tenant: tenant, filename: try Filename(body.filename),
            declaredType: body.contentType ?? "", correlationID: context.requestID)
        let (permit, expiresAt) = try uploads.permit(for: upload, byteCount: body.bytes)
        return JSON.response(
            PermitResponse(
                documentId: upload.document, method: permit.method, url: permit.url,
                headers: permit.headers, expiresAt: expiresAt.formatted(.iso8601)),
            status: .created)
    }

    private struct CompletionBody: Decodable {
        let filename: String
        let contentType: String?

        private enum CodingKeys: String, CodingKey {
            case filename
            case contentType = "content_type"
        }
    }

    /// `POST /v1/uploads/{document}`; safe to repeat.
    func complete(_ request: Request, _ context: ServingContext) async throws -> Response {
        let tenant = try context.requireTenant()
        let document: DocumentID = try context.identifier("document", of: .upload)
        let key = try UploadRoutes.idempotencyKey(request)
        let body = try await JSON.decode(
            CompletionBody.self, from: request, bytesMax: Self.bodyBytesMax)
        let upload = UploadRequest(
            document: document, tenant: tenant, filename: try Filename(body.filename),
            declaredType: body.contentType ?? "", idempotencyKey: key,
            correlationID: context.requestID)
        return try await uploads.complete(upload, logger: context.logger).response
    }
}
