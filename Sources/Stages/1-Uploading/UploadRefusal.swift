/// Why an upload is refused.
package enum UploadRefusal: Error, Equatable, Sendable {
    case filenameMissing
    case filenameTooLong(bytesMax: Int)
    case idempotencyKeyInvalid(bytesMax: Int)
    /// The key was sent with other bytes within the last day.
    case idempotencyKeyReused
    case empty
    case tooLarge(bytesMax: Int)
    case tooSlow(ArrivalLimits.Breach, ArrivalLimits)
    case malformedForm(FormFault)
    case storageFull
    /// The storage accepts no uploads that bypass the API.
    case directUploadUnavailable
    /// A direct upload was not completed in time.
    case directUploadExpired
    /// A direct upload was not begun by a permit, or its bytes have not arrived.
    case directUploadUnknown

    /// What is wrong with a multipart/form-data body.
    package enum FormFault: Equatable, Sendable {
        case boundaryMissing
        case fileMissing(searchedBytes: Int)
        case partHeadersTooLong(bytesMax: Int)
        case endsEarly
    }
}
