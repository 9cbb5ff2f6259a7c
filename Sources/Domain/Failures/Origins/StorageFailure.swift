/// Failures of the storage of documents and their texts.
package enum StorageFailure: String, CaseIterable, Sendable {
    case blobMissing = "blob_missing"
    case blobUnavailable = "blob_unavailable"
    case blobUnreadable = "blob_unreadable"
    case blobUploadGone = "blob_upload_gone"
    case diskFull = "disk_full"
    case hashMismatch = "hash_mismatch"
    case sizeMismatch = "size_mismatch"

    var entry: FailureEntry {
        switch self {
        case .blobMissing:
            .init(
                .never, "A stored file is missing. Run `millrace audit --blobs`, then restore it.")
        case .blobUnavailable:
            .init(
                .counted, or: .uncounted, status: 503,
                "The storage does not respond, or its folder is missing. Check the storage.")
        case .blobUnreadable:
            .init(
                .counted, or: .uncounted, status: 503,
                "The storage refuses access. Check its keys and permissions.")
        case .blobUploadGone:
            .init(.counted, status: 503, "The storage ended an upload in parts. It is repeated.")
        case .diskFull:
            .init(.uncounted, status: 503, "The storage is full. Free or add space.")
        case .hashMismatch, .sizeMismatch:
            .init(.never, "Stored bytes differ from the accepted ones. Restore them from a backup.")
        }
    }
}
