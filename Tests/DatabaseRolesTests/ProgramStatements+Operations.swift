import Migrations
import Postgres

@testable import OperationsPostgres

/// The statements of operators. The audit and the gauges are those of the job store.
extension ProgramStatement {
    static let operations = statements(
        [
            Query.checkLogin, Query.countDeadLetters, Query.deadLetterCauses, Query.deadLetters,
            Query.purgeDeadLetters, Query.redriveDeadLetters, Query.setRequester, Query.spend,
        ], of: [.operator])
}
