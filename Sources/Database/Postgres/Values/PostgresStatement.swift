/// SQL text and its bound values, `nil` for NULL.
package struct PostgresStatement: Sendable {
    package let sql: String
    package let parameters: [(any PostgresEncodable)?]
    /// The name of the statement's fail points; `nil` for none.
    let step: String?

    package init(_ sql: String, _ parameters: (any PostgresEncodable)?...) {
        self.init(sql: sql, parameters: parameters)
    }

    package init(sql: String, parameters: [(any PostgresEncodable)?], step: String? = nil) {
        self.sql = sql
        self.parameters = parameters
        self.step = step
    }

    var needsVectorType: Bool {
        parameters.contains { $0.map { type(of: $0).needsVectorType } ?? false }
    }
}

/// The parameters of one execution, packed for libpq: one buffer, lengths, binary formats.
struct PackedParameters {
    let types: [UInt32]
    private var bytes: [UInt8] = []
    /// Offset and length in `bytes`; `nil` is NULL.
    private var ranges: [(offset: Int, length: Int)?] = []

    init(_ parameters: [(any PostgresEncodable)?], vectorType: UInt32) {
        types = parameters.map { $0.map { type(of: $0).postgresType } ?? 0 }
        for parameter in parameters {
            guard let parameter else {
                ranges.append(nil)
                continue
            }
            let start = bytes.count
            parameter.encode(into: &bytes, vectorType: vectorType)
            ranges.append((start, bytes.count - start))
        }
        // Keeps the base address valid when all values are empty.
        bytes.append(0)
    }

    /// Calls `body` with the arrays for `PQsendQueryPrepared`: values, lengths, formats.
    func withPointers<R>(
        _ body: (
            Int32, UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<Int32>,
            UnsafePointer<Int32>
        ) -> R
    ) -> R {
        bytes.withUnsafeBytes { buffer in
            let base = buffer.baseAddress!.assumingMemoryBound(to: CChar.self)
            let values = ranges.map { $0.map { base + $0.offset } } + [nil]
            let lengths = ranges.map { Int32($0?.length ?? 0) } + [0]
            let formats = [Int32](repeating: 1, count: ranges.count + 1)
            return body(Int32(ranges.count), values, lengths, formats)
        }
    }
}
