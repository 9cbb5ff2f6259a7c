import HTTPTypes
import Uploading

extension Problem {
    init(_ refusal: UploadRefusal) {
        self.init(Self.code(of: refusal), Self.detail(of: refusal))
        if case .storageFull = refusal { headers[.retryAfter] = "60" }
    }

    private static func code(of refusal: UploadRefusal) -> ProblemCode {
        switch refusal {
        case .filenameMissing: .filenameMissing
        case .filenameTooLong: .filenameTooLong
        case .idempotencyKeyInvalid: .idempotencyKeyInvalid
        case .idempotencyKeyReused: .idempotencyKeyReused
        case .empty: .emptyDocument
        case .tooLarge: .tooLarge
        case .tooSlow: .requestTimeout
        case .malformedForm: .malformedMultipart
        case .storageFull: .diskFull
        case .directUploadUnavailable: .directUploadUnavailable
        case .directUploadExpired: .uploadExpired
        case .directUploadUnknown: .uploadNotFound
        }
    }

    private static func detail(of refusal: UploadRefusal) -> String {
        switch refusal {
        case .filenameMissing:
            "The upload has no filename. Send ?filename=…, a Content-Disposition header, or a form "
                + "part with a filename."
        case .filenameTooLong(let bytesMax):
            "A filename must be at most \(bytesMax) bytes."
        case .idempotencyKeyInvalid(let bytesMax):
            "An Idempotency-Key must be between 1 and \(bytesMax) bytes."
        case .idempotencyKeyReused:
            "This Idempotency-Key was sent with other bytes within the last day. Send a new key."
        case .empty:
            "The document is empty. It must be at least 1 byte."
        case .tooLarge(let bytesMax):
            "The document exceeds the limit of \(bytesMax) bytes."
        case .tooSlow(let breach, let limits):
            detail(of: breach, limits: limits)
        case .malformedForm(let fault):
            detail(of: fault)
        case .storageFull:
            "The document storage is nearly full. Try again when space has been freed."
        case .directUploadUnavailable:
            "This storage accepts no direct uploads. Use POST /v1/documents."
        case .directUploadExpired:
            "The upload was not completed in time. Request a new permit with POST /v1/uploads."
        case .directUploadUnknown:
            "This upload does not exist, or its bytes have not arrived."
        }
    }

    private static func detail(
        of breach: ArrivalLimits.Breach, limits: ArrivalLimits
    ) -> String {
        switch breach {
        case .silent: "No byte of the body arrived for \(limits.silence). Try again."
        case .slow:
            "The body must arrive at \(limits.bytesPerSecond) bytes per second or more. Try again."
        case .long: "The body must arrive within \(limits.total). Try again."
        }
    }

    private static func detail(of fault: UploadRefusal.FormFault) -> String {
        switch fault {
        case .boundaryMissing:
            "The Content-Type must contain a boundary of 1 to 70 bytes."
        case .fileMissing(let searchedBytes):
            "The first \(searchedBytes) bytes of the body contain no part with a filename."
        case .partHeadersTooLong(let bytesMax):
            "The headers of a part must be at most \(bytesMax) bytes."
        case .endsEarly:
            "The body ends before its last boundary."
        }
    }
}
