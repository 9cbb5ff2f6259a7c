package import HTTPTypes

/// The codes of the API's refusals, except those of failed jobs, which are in `FailureCode`.
///
/// The text of a code never changes, because programs branch on it. docs/reference/failures.md is
/// generated from here.
package enum ProblemCode: String, CaseIterable, Sendable {
    // Any request.
    case badRequest = "bad_request"
    case bodyTooLarge = "body_too_large"
    case busy
    case clientLeft = "client_left"
    case databaseUnavailable = "database_unavailable"
    case foreignRequest = "foreign_request"
    case headTooLarge = "head_too_large"
    case internalError = "internal_error"
    case malformedBody = "malformed_body"
    case malformedJSON = "malformed_json"
    case malformedRequest = "malformed_request"
    case methodNotAllowed = "method_not_allowed"
    case noSuchRoute = "no_such_route"
    case requestTimeout = "request_timeout"
    case stopping
    case tenantBusy = "tenant_busy"
    case timeout
    case unauthorized
    // Uploads.
    case directUploadUnavailable = "direct_upload_unavailable"
    case diskFull = "disk_full"
    case emptyDocument = "empty_document"
    case filenameMissing = "filename_missing"
    case filenameTooLong = "filename_too_long"
    case idempotencyKeyInvalid = "idempotency_key_invalid"
    case idempotencyKeyReused = "idempotency_key_reused"
    case malformedMultipart = "malformed_multipart"
    case tooLarge = "too_large"
    case uploadExpired = "upload_expired"
    case uploadNotFound = "upload_not_found"
    // Lookups and search.
    case cursorInvalid = "cursor_invalid"
    case documentNotFound = "document_not_found"
    case documentNotParsed = "document_not_parsed"
    case filterInvalid = "filter_invalid"
    case jobNotFound = "job_not_found"
    case kInvalid = "k_invalid"
    case limitInvalid = "limit_invalid"
    case queryEmpty = "query_empty"
    case queryInvalid = "query_invalid"
    case queryTooLong = "query_too_long"
    // Operations.
    case auditRunning = "audit_running"
    case auditTimeout = "audit_timeout"
    case byInvalid = "by_invalid"
    case codeInvalid = "code_invalid"
    case deadLetterNotFound = "dead_letter_not_found"
    case operationsDisabled = "operations_disabled"
    case operatorRequired = "operator_required"
    case selectionInvalid = "selection_invalid"
    case stageInvalid = "stage_invalid"
    case tenantInvalid = "tenant_invalid"
    case tenantRequired = "tenant_required"
    case windowInvalid = "window_invalid"
    // Webhooks.
    case eventInvalid = "event_invalid"
    case eventTooOld = "event_too_old"
    case signatureInvalid = "signature_invalid"
    case webhookNotConfigured = "webhook_not_configured"
}

extension ProblemCode {
    package var status: HTTPResponse.Status {
        switch self {
        case .badRequest, .byInvalid, .codeInvalid, .cursorInvalid, .eventInvalid, .eventTooOld,
            .filenameMissing, .filenameTooLong, .idempotencyKeyInvalid, .limitInvalid,
            .malformedBody, .malformedJSON, .malformedMultipart, .malformedRequest, .stageInvalid,
            .tenantInvalid, .windowInvalid:
            .badRequest
        case .signatureInvalid, .unauthorized: .unauthorized
        case .foreignRequest, .operatorRequired, .tenantRequired: .forbidden
        case .deadLetterNotFound, .documentNotFound, .documentNotParsed, .jobNotFound,
            .noSuchRoute, .uploadNotFound, .webhookNotConfigured:
            .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .requestTimeout: .requestTimeout
        case .auditRunning, .idempotencyKeyReused: .conflict
        case .uploadExpired: .gone
        case .bodyTooLarge, .tooLarge: .contentTooLarge
        case .emptyDocument, .filterInvalid, .kInvalid, .queryEmpty, .queryInvalid,
            .queryTooLong, .selectionInvalid:
            .unprocessableContent
        case .tenantBusy: .tooManyRequests
        case .headTooLarge: .requestHeaderFieldsTooLarge
        // For logs and metrics only: no client is left to read it. nginx uses the same code.
        case .clientLeft: .init(code: 499, reasonPhrase: "Client Closed Request")
        case .internalError: .internalServerError
        case .directUploadUnavailable: .notImplemented
        case .auditTimeout, .busy, .databaseUnavailable, .diskFull, .operationsDisabled, .stopping,
            .timeout:
            .serviceUnavailable
        }
    }

    /// What the client should do.
    package var advice: String {
        switch self {
        case .busy, .databaseUnavailable, .stopping: "Try again after `Retry-After`."
        case .tenantBusy: "Wait for one of the tenant's other requests, then try again."
        case .diskFull: "Try again later; the operator must free or add storage."
        case .timeout: "Try again, or request less at once."
        case .requestTimeout: "Send the body faster."
        case .internalError: "Report the request id; the log has the cause."
        case .clientLeft: "None; it appears in logs and metrics only."
        case .unauthorized: "Send a valid token."
        case .foreignRequest: "Send a token, or call from the machine of the API."
        case .noSuchRoute, .methodNotAllowed: "Use a path and a method of docs/openapi.yaml."
        case .badRequest, .malformedRequest, .malformedBody, .headTooLarge:
            "Send a valid HTTP request within the limits that `detail` names."
        case .malformedJSON, .malformedMultipart: "Send a body as docs/openapi.yaml describes it."
        case .bodyTooLarge, .tooLarge: "Send at most the bytes that `detail` names."
        case .emptyDocument: "Upload a document that is not empty."
        case .filenameMissing, .filenameTooLong: "Name the file, in at most 255 bytes."
        case .idempotencyKeyInvalid: "Send a key of 1 to 255 bytes."
        case .idempotencyKeyReused: "Use a new key for other bytes."
        case .directUploadUnavailable: "Upload with `POST /v1/documents`."
        case .uploadExpired: "Request a new permit and upload again."
        case .documentNotFound, .jobNotFound, .uploadNotFound:
            "Use an id of this tenant; the document may have been deleted."
        case .documentNotParsed: "Wait for the job, or read why it failed."
        case .cursorInvalid, .limitInvalid, .kInvalid, .filterInvalid, .queryEmpty, .queryInvalid,
            .queryTooLong:
            "Correct the parameter that `detail` names."
        case .auditRunning: "Wait for the other audit to end."
        case .auditTimeout: "Audit a shorter window, or raise `--operations-audit-timeout`."
        case .byInvalid, .codeInvalid, .selectionInvalid, .stageInvalid, .tenantInvalid,
            .windowInvalid:
            "Correct the parameter that `detail` names."
        case .deadLetterNotFound: "None; the job was redriven, purged or never a dead letter."
        case .operationsDisabled: "Start the API with `--operations-postgres-url`."
        case .operatorRequired: "Send an operator's token."
        case .tenantRequired: "Send a tenant's token."
        case .eventInvalid, .eventTooOld, .signatureInvalid, .webhookNotConfigured:
            "Check the webhook's secret and the clock of the sender."
        }
    }
}
