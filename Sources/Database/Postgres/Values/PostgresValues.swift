package import FoundationEssentials

/// A value in PostgreSQL's binary format.
package protocol PostgresEncodable: Sendable {
    /// The type's OID; 0 lets the server infer it.
    static var postgresType: UInt32 { get }
    /// Whether encoding needs pgvector's type, whose OID differs from database to database.
    static var needsVectorType: Bool { get }
    func encode(into bytes: inout [UInt8], vectorType: UInt32)
}

extension PostgresEncodable {
    package static var needsVectorType: Bool { false }
}

package protocol PostgresDecodable {
    /// Reads the binary form of a value that is not NULL.
    init(postgres bytes: UnsafeRawBufferPointer) throws(PostgresError)
}

extension [UInt8] {
    mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}

extension UnsafeRawBufferPointer {
    func integer<T: FixedWidthInteger>(
        at offset: Int = 0, as type: T.Type = T.self
    ) throws(PostgresError) -> T {
        guard offset >= 0, offset + MemoryLayout<T>.size <= count else {
            throw PostgresError(
                .decoding, "\(T.self) needs \(MemoryLayout<T>.size) bytes, not \(count)")
        }
        return T(bigEndian: loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    /// Reads a signed integer of 2, 4 or 8 bytes, depending on the column's type.
    func anyInteger() throws(PostgresError) -> Int64 {
        switch count {
        case 2: Int64(try integer(as: Int16.self))
        case 4: Int64(try integer(as: Int32.self))
        case 8: try integer(as: Int64.self)
        default: throw PostgresError(.decoding, "an integer has 2, 4 or 8 bytes, not \(count)")
        }
    }

    func exactly<T: FixedWidthInteger>(_ type: T.Type) throws(PostgresError) -> T {
        let wide = try anyInteger()
        guard let value = T(exactly: wide) else {
            throw PostgresError(.decoding, "\(wide) does not fit into \(T.self)")
        }
        return value
    }
}

extension Bool: PostgresEncodable, PostgresDecodable {
    package static var postgresType: UInt32 { 16 }
    package func encode(into bytes: inout [UInt8], vectorType: UInt32) {
        bytes.append(self ? 1 : 0)
    }
    package init(postgres bytes: UnsafeRawBufferPointer) throws(PostgresError) {
        guard bytes.count == 1 else { throw PostgresError(.decoding, "not a boolean") }
        self = bytes[0] != 0
    }
}

extension Int16: PostgresEncodable, PostgresDecodable {
    package static var postgresType: UInt32 { 21 }
    package func encode(into bytes: inout [UInt8], vectorType: UInt32) {
        bytes.append(bigEndian: self)
    }
    package init(postgres bytes: UnsafeRawBufferPointer) throws(PostgresError) {
        self = try bytes.exactly(Int16.self)
    }
}

extension Int32: PostgresEncodable, PostgresDecodable {
    package static var postgresType: UInt32 { 23 }
    package func encode(into bytes: inout [UInt8], vectorType: UInt32) {
        bytes.append(bigEndian: self)
    }
    package init(postgres bytes: UnsafeRawBufferPointer) throws(PostgresError) {
        self = try bytes.exactly(Int32.self)
    }
}

extension Int64: PostgresEncodable, PostgresDecodable {
    package static var postgresType: UInt32 { 20 }
    package func encode(into bytes: inout [UInt8], vectorType: UInt32) {
        bytes.append(bigEndian: self)
    }
    package init(postgres bytes: UnsafeRawBufferPointer) throws(PostgresError) {
        self = try bytes.anyInteger()
    }
}

extension Int: PostgresEncodable, PostgresDecodable {
    package static var postgresType: UInt32 { 20 }
    package func encode(into bytes: inout [UInt8], vectorType: UInt32) {
        bytes.append(bigEndian: Int64(self))
    }
    package init(postgres bytes: UnsafeRawBufferPointer) throws(PostgresError) {
        self = try bytes.exactly(Int.self)
    }
}

extension Double: PostgresEncodable, PostgresDecodable {
    package static var postgresType: UInt32 { 701 }
    package func encode(into bytes: inout [UInt8], vectorType: UInt32) {
        bytes.append(bigEndian: bitPattern)
    }
    package init(postgres bytes: UnsafeRawBufferPointer) throws(PostgresError) {
        self =
            bytes.count == 4
            ? Double(Float(bitPattern: try bytes.integer()))
            : Double(bitPattern: try bytes.integer())
    }
}

extension String: PostgresEncodable, PostgresDecodable {
    package static var postgresType: UInt32 { 25 }
    package func encode(into bytes: inout [UInt8], vectorType: UInt32) {
        bytes.append(contentsOf: utf8)
    }
    package init(postgres bytes: UnsafeRawBufferPointer) throws(PostgresError) {
        self = String(decoding: bytes, as: UTF8.self)
    }
}

extension UUID: PostgresEncodable, PostgresDecodable {
    package static var postgresType: UInt32 { 2950 }
    package func encode(into bytes: inout [UInt8], vectorType: UInt32) {
        withUnsafeBytes(of: uuid) { bytes.append(contentsOf: $0) }
    }
    package init(postgres bytes: UnsafeRawBufferPointer) throws(PostgresError) {
        guard bytes.count == 16 else { throw PostgresError(.decoding, "not a UUID") }
        self.init(uuid: bytes.loadUnaligned(as: uuid_t.self))
    }
}

extension Date: PostgresEncodable, PostgresDecodable {
    /// timestamptz: microseconds since 2000-01-01 00:00 UTC.
    package static var postgresType: UInt32 { 1184 }
    private static let epoch2000 = 946_684_800.0

    package func encode(into bytes: inout [UInt8], vectorType: UInt32) {
        let micros = ((timeIntervalSince1970 - Self.epoch2000) * 1e6).rounded()
        bytes.append(bigEndian: Int64(exactly: micros) ?? (micros < 0 ? .min : .max))
    }
    package init(postgres bytes: UnsafeRawBufferPointer) throws(PostgresError) {
        let micros: Int64 = try bytes.integer()
        self.init(timeIntervalSince1970: Double(micros) / 1e6 + Self.epoch2000)
    }
}
