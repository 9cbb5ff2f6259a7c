import Migrations
import OperationsPostgres
import Pipeline
import TestSupport
import Testing

/// The login with which the API serves operators.
@Suite(.timeLimit(.minutes(5))) struct OperatorLoginTests {
    @Test(arguments: ProgramRole.allCases)
    func `only an operator's login passes the check`(role: ProgramRole) async throws {
        try await TestDatabase.lend { database in
            try await database.acting(as: role) { database in
                let operations = PostgresOperations(pool: database.pool)
                guard role != .operator else { return try await operations.checkLogin() }
                let error = await #expect(throws: QueryError.self) {
                    try await operations.checkLogin()
                }
                #expect(error?.reason.contains("'\(role.name)' is not a member of") == true)
            }
        }
    }

    @Test func `the owner of the schema passes the check`() async throws {
        try await TestDatabase.lend { database in
            try await PostgresOperations(pool: database.pool).checkLogin()
        }
    }
}
