import HTTPTypes

extension HTTPField.Name {
    static var requestID: Self { Self("X-Request-Id")! }
    static var idempotencyKey: Self { Self("Idempotency-Key")! }
    static var contentSecurityPolicy: Self { Self("Content-Security-Policy")! }
    static var contentDisposition: Self { Self("Content-Disposition")! }
}
