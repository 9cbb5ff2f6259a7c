package import Postgres

private typealias SQL = PackageResources

/// The statements of this adapter.
package enum Query {
    package static let checkLogin = SQLFile(SQL.check_login_sql, name: "checkLogin")
    package static let countDeadLetters = SQLFile(
        SQL.count_dead_letters_sql, name: "countDeadLetters")
    package static let deadLetterCauses = SQLFile(
        SQL.dead_letter_causes_sql, name: "deadLetterCauses")
    package static let deadLetters = SQLFile(SQL.dead_letters_sql, name: "deadLetters")
    package static let purgeDeadLetters = SQLFile(
        SQL.purge_dead_letters_sql, name: "purgeDeadLetters")
    package static let redriveDeadLetters = SQLFile(
        SQL.redrive_dead_letters_sql, name: "redriveDeadLetters")
    package static let setRequester = SQLFile(SQL.set_requester_sql, name: "setRequester")
    package static let spend = SQLFile(SQL.spend_sql, name: "spend")
}
