/// A buffer of rows for a binary COPY.
package struct PostgresCopyWriter: ~Copyable {
    private(set) var bytes: [UInt8]
    private let vectorType: UInt32

    init(vectorType: UInt32) {
        self.vectorType = vectorType
        // Signature, flags, length of the header's extension.
        bytes = Array("PGCOPY\n".utf8) + [0xff, 0x0d, 0x0a, 0x00] + [UInt8](repeating: 0, count: 8)
    }

    /// Adds a row; `nil` is NULL.
    package mutating func row(_ values: (any PostgresEncodable)?...) {
        bytes.append(bigEndian: Int16(values.count))
        for value in values {
            guard let value else {
                bytes.append(bigEndian: Int32(-1))
                continue
            }
            let vectorType = vectorType
            bytes.appendSized { value.encode(into: &$0, vectorType: vectorType) }
        }
    }

    mutating func finish() { bytes.append(bigEndian: Int16(-1)) }
    mutating func clear() { bytes.removeAll(keepingCapacity: true) }
}
