import FoundationEssentials

/// Element types of one-dimensional arrays, with the array type's own OID.
package protocol PostgresArrayElement: PostgresEncodable, PostgresDecodable {
    static var postgresArrayType: UInt32 { get }
}

extension Bool: PostgresArrayElement { package static var postgresArrayType: UInt32 { 1000 } }
extension Int32: PostgresArrayElement { package static var postgresArrayType: UInt32 { 1007 } }
extension Int64: PostgresArrayElement { package static var postgresArrayType: UInt32 { 1016 } }
extension Int: PostgresArrayElement { package static var postgresArrayType: UInt32 { 1016 } }
extension Double: PostgresArrayElement { package static var postgresArrayType: UInt32 { 1022 } }
extension String: PostgresArrayElement { package static var postgresArrayType: UInt32 { 1009 } }
extension UUID: PostgresArrayElement { package static var postgresArrayType: UInt32 { 2951 } }

extension [UInt8] {
    /// The header of a one-dimensional array without NULLs.
    mutating func appendArrayHeader(elements: UInt32, count: Int) {
        append(bigEndian: Int32(count == 0 ? 0 : 1))
        append(bigEndian: Int32(0))
        append(bigEndian: elements)
        guard count > 0 else { return }
        append(bigEndian: Int32(count))
        append(bigEndian: Int32(1))
    }

    /// Writes the output of `body`, preceded by its length in four bytes.
    mutating func appendSized(_ body: (inout [UInt8]) -> Void) {
        let start = count
        append(bigEndian: Int32(0))
        body(&self)
        let length = Int32(count - start - 4).bigEndian
        withUnsafeMutableBytes {
            $0.storeBytes(of: length, toByteOffset: start, as: Int32.self)
        }
    }
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
    package static var postgresType: UInt32 { Element.postgresArrayType }

    package func encode(into bytes: inout [UInt8], vectorType: UInt32) {
        bytes.appendArrayHeader(elements: Element.postgresType, count: count)
        for element in self {
            bytes.appendSized { element.encode(into: &$0, vectorType: vectorType) }
        }
    }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
    package init(postgres bytes: UnsafeRawBufferPointer) throws(PostgresError) {
        let dimensions: Int32 = try bytes.integer()
        self = []
        guard dimensions > 0 else { return }
        guard dimensions == 1 else {
            throw PostgresError(.decoding, "the array has \(dimensions) dimensions instead of one")
        }
        let count: Int32 = try bytes.integer(at: 12)
        var offset = 20
        for _ in 0..<count {
            let length = Int(try bytes.integer(at: offset, as: Int32.self))
            offset += 4
            guard length >= 0, offset + length <= bytes.count else {
                throw PostgresError(.decoding, "the array contains NULL or is truncated")
            }
            append(
                try Element(
                    postgres: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])))
            offset += length
        }
    }
}

/// One pgvector value.
package struct PostgresVector: PostgresEncodable, PostgresDecodable, Equatable {
    package var values: [Float]
    package init(_ values: [Float]) { self.values = values }

    /// The OID differs from database to database; the server infers the type.
    package static var postgresType: UInt32 { 0 }

    package func encode(into bytes: inout [UInt8], vectorType: UInt32) {
        Self.append(values, to: &bytes)
    }

    /// pgvector's binary form: dimensions, zero, then that many float4.
    static func append(_ values: [Float], to bytes: inout [UInt8]) {
        bytes.append(bigEndian: Int16(values.count))
        bytes.append(bigEndian: Int16(0))
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: values.count * 4))
        bytes.withUnsafeMutableBytes { target in
            for index in values.indices {
                target.storeBytes(
                    of: values[index].bitPattern.bigEndian, toByteOffset: start + index * 4,
                    as: UInt32.self)
            }
        }
    }

    package init(postgres bytes: UnsafeRawBufferPointer) throws(PostgresError) {
        let count = Int(try bytes.integer(as: Int16.self))
        guard count >= 0, bytes.count == 4 + count * 4 else {
            throw PostgresError(.decoding, "the value is not a vector")
        }
        values = (0..<count).map {
            Float(
                bitPattern: UInt32(
                    bigEndian: bytes.loadUnaligned(fromByteOffset: 4 + $0 * 4, as: UInt32.self)))
        }
    }
}

/// `vector[]`, for `unnest`.
package struct PostgresVectorArray: PostgresEncodable {
    package var vectors: [[Float]]
    package init(_ vectors: [[Float]]) { self.vectors = vectors }

    package static var postgresType: UInt32 { 0 }
    package static var needsVectorType: Bool { true }

    package func encode(into bytes: inout [UInt8], vectorType: UInt32) {
        bytes.reserveCapacity(bytes.count + vectors.reduce(20) { $0 + $1.count * 4 + 8 })
        bytes.appendArrayHeader(elements: vectorType, count: vectors.count)
        for vector in vectors { bytes.appendSized { PostgresVector.append(vector, to: &$0) } }
    }
}

/// A value of type `bit(n)`, n a multiple of 64; the first word's highest bit comes first.
package struct PostgresBits: PostgresArrayElement, Equatable {
    package var words: [UInt64]
    package init(_ words: [UInt64]) { self.words = words }

    package static var postgresType: UInt32 { 1560 }
    package static var postgresArrayType: UInt32 { 1561 }

    package func encode(into bytes: inout [UInt8], vectorType: UInt32) {
        bytes.append(bigEndian: Int32(words.count * 64))
        for word in words { bytes.append(bigEndian: word) }
    }

    package init(postgres bytes: UnsafeRawBufferPointer) throws(PostgresError) {
        let count = Int(try bytes.integer(as: Int32.self))
        guard count % 64 == 0, bytes.count == 4 + count / 8 else {
            throw PostgresError(.decoding, "the number of bits, \(count), is not a multiple of 64")
        }
        words = []
        for index in 0..<count / 64 { words.append(try bytes.integer(at: 4 + index * 8)) }
    }
}
