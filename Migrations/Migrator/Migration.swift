// Migrations: the schema, by subject, as numbered SQL files, and the code that applies them.
//
// Invariants: a file never changes once it has landed (from 0.1.0 on). The database stores its
// hash, which is compared, and a test compares those in checksums.sha256. Each file is applied in
// one transaction together with its record. Concurrent migrating processes take turns. The
// programs' privileges are granted last.
// Neighbours: the Postgres client below, `millrace migrate` above. `schema.sql` is generated from
// the result; a test checks that it is current.

import Crypto
import Domain

/// One migration of the schema.
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

    /// The name of its SQL file.
    package var filename: String {
        let digits = String(version)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "_\(name).sql"
    }

    /// Hexadecimal hash of the SQL text, as recorded when it is applied.
    package var sha256: String { SHA256.hash(data: Array(sql.utf8)).hexadecimal }
}
