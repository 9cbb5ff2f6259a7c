import Backups
import Domain
import Migrations
import Postgres
import Testing

@testable import CommandLineClient

/// Which errors of the database commands mean that the same command can work later.
@Suite struct DatabaseErrorTests {
    private static let away = PostgresError(.connection, "connection refused")
    private static let starting = PostgresError(.server, "starting up", sqlState: "57P03")
    private static let wrong = PostgresError(.server, "no such table", sqlState: "42P01")

    @Test func `an unavailable database or store is 69, with the next step`() {
        let errors: [any Error] = [
            Self.away, Self.starting, MigrationError.database(Self.away),
            MigrationError.failed(Migration.all[0], Self.starting),
            ProgramLoginError.unavailable("connection refused"), BackupError.database(Self.away),
            BackupError.holdLost("terminated"),
            BackupError.storage(.unavailable(.storage(.blobUnavailable), "no bucket")),
        ]
        for error in errors {
            let found = UserError(unavailability: error)
            #expect(found?.exitStatus == .unavailable, "\(error)")
            #expect(found?.description.hasPrefix("\(error)") == true)
        }
        let migration = UserError(unavailability: MigrationError.database(Self.away))
        #expect(migration?.description.contains("'millrace up'") == true)
    }

    @Test func `any other error keeps its own status`() {
        let errors: [any Error] = [
            Self.wrong, MigrationError.database(Self.wrong), MigrationError.vectorUnavailable,
            ProgramLoginError.none, ProgramLoginError.database("no"),
            BackupError.database(Self.wrong), BackupError.databaseUsed,
            BackupError.storage(.permanent(.storage(.blobUnavailable), "denied")),
            CancellationError(),
        ]
        for error in errors { #expect(UserError(unavailability: error) == nil, "\(error)") }
    }
}
