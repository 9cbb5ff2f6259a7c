// Migrations: the schema, as numbered SQL files beside this one, and what applies them.
//
// Invariants: a file is never edited once it has landed (its hash is kept in the database and
// compared); each is applied in one transaction together with its record; processes that migrate
// at once take turns. Neighbours: the Postgres client below, `millrace migrate` above.
// `schema.sql` is generated from the result and kept true by a test.

import Crypto
import Domain

/// One step of the schema.
package struct Migration: Sendable, Equatable {
    /// Counts from 1 without gaps.
    package let version: Int
    /// The file's name without number and extension.
    package let name: String
    package let sql: String

    package init(version: Int, name: String, sql: String) {
        self.version = version
        self.name = name
        self.sql = sql
    }

    /// The name of the file that holds it.
    package var filename: String {
        let digits = String(version)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "_\(name).sql"
    }

    /// Hexadecimal hash of the SQL text, as recorded when it is applied.
    package var sha256: String { SHA256.hash(data: Array(sql.utf8)).hexadecimal }
}
