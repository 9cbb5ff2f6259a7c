/// Limits on the uploads of one process.
package struct UploadLimits: Sendable {
    package var documentBytesMax: Int
    /// Maximum number of uploads at the same time.
    package var concurrentMax: Int
    package var arrival: ArrivalLimits
    /// Free bytes of the storage below which uploads are refused, so that accepted documents can
    /// still be processed.
    package var storageReserveBytes: Int

    package init(
        documentBytesMax: Int, concurrentMax: Int, arrival: ArrivalLimits = ArrivalLimits(),
        storageReserveBytes: Int = 0
    ) {
        self.documentBytesMax = documentBytesMax
        self.concurrentMax = concurrentMax
        self.arrival = arrival
        self.storageReserveBytes = storageReserveBytes
    }

    /// Maximum bytes of a multipart body in addition to its file.
    private static let framingBytesMax = 64 << 10

    /// Checks the length of a document.
    package func check(documentBytes byteCount: Int) throws(UploadRefusal) {
        guard byteCount > 0 else { throw .empty }
        guard byteCount <= documentBytesMax else { throw tooLarge }
    }

    /// Checks the announced length of a body, which may contain more than the document.
    func check(announcedBytes byteCount: Int) throws(UploadRefusal) {
        guard byteCount <= documentBytesMax + Self.framingBytesMax else { throw tooLarge }
    }

    var tooLarge: UploadRefusal { .tooLarge(bytesMax: documentBytesMax) }
}
