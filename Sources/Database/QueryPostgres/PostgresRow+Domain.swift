package import Domain
import FoundationEssentials
package import Postgres
package import Querying

extension PostgresRow {
    /// Reads a text column as a case of an enum.
    package func decodeCase<Value: RawRepresentable<String>>(
        _ column: Int, as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        let text: String = try decode(column)
        guard let value = Value(rawValue: text) else {
            throw PostgresError(.decoding, "'\(text)' is not a \(Value.self)")
        }
        return value
    }

    /// Reads stage and state of a job.
    package func position(stage: Int, state: Int) throws(PostgresError) -> Position {
        Position(try decodeCase(stage), try decodeCase(state))
    }

    /// Reads JSON text.
    package func json<Value: Decodable>(
        _ column: Int, as type: Value.Type = JSONValue.self
    ) throws -> Value {
        try JSONDecoder().decode(type, from: Data(decode(column, as: String.self).utf8))
    }

    /// Reads JSON text; `nil` for NULL.
    package func jsonIfPresent<Value: Decodable>(
        _ column: Int, as type: Value.Type = JSONValue.self
    ) throws -> Value? {
        try decodeIfPresent(column, as: String.self) == nil ? nil : json(column, as: type)
    }

    /// Reads first and last page; `nil` for formats without pages.
    package func pages(first: Int, last: Int) throws(PostgresError) -> ClosedRange<Int>? {
        guard let firstPage = try decodeIfPresent(first, as: Int.self) else { return nil }
        let lastPage = try decodeIfPresent(last, as: Int.self) ?? firstPage
        guard firstPage <= lastPage else {
            throw PostgresError(.decoding, "page \(firstPage) is after page \(lastPage)")
        }
        return firstPage...lastPage
    }
}
