/// A statement that has a file of its own, and the name of its fail points.
///
/// Each adapter lists its statements in an enum, one line each.
package struct SQLFile: Sendable {
    package let name: String
    package let text: String

    package init(_ bytes: [UInt8], name: String) {
        self.name = name
        text = String(decoding: bytes, as: UTF8.self)
    }

    package func callAsFunction(_ parameters: (any PostgresEncodable)?...) -> PostgresStatement {
        self(parameters)
    }

    package func callAsFunction(_ parameters: [(any PostgresEncodable)?]) -> PostgresStatement {
        PostgresStatement(sql: text, parameters: parameters, step: name)
    }
}
