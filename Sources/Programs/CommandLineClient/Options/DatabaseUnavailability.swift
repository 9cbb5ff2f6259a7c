import Backups
import Domain
import Migrations
import Postgres

extension UserError {
    /// The error of a database command whose cause passes: the database or the store is
    /// unavailable. `nil` for any other error.
    init?(unavailability error: any Error) {
        guard let cause = error as? any UnavailabilityError, cause.isUnavailability else {
            return nil
        }
        self.init("\(error)\(cause.advice)", .unavailable)
    }
}

/// An error that can mean that the database or the store is unavailable.
private protocol UnavailabilityError: Error {
    var isUnavailability: Bool { get }
    /// The next step, when the description does not have it.
    var advice: String { get }
}

extension UnavailabilityError {
    var advice: String {
        "\nThe database is unavailable. 'millrace up' starts the cluster of this machine."
    }
}

extension PostgresError: UnavailabilityError {
    fileprivate var isUnavailability: Bool { affectsEveryStatement }
}

extension MigrationError: UnavailabilityError {
    fileprivate var isUnavailability: Bool {
        switch self {
        case .database(let error), .failed(_, let error): error.affectsEveryStatement
        case .otherHistory, .edited, .databaseIsNewer, .gap, .serverTooOld, .vectorUnavailable,
            .vectorInOtherSchema:
            false
        }
    }
}

extension ProgramLoginError: UnavailabilityError {
    fileprivate var isUnavailability: Bool {
        if case .unavailable = self { true } else { false }
    }
}

extension BackupError: UnavailabilityError {
    fileprivate var isUnavailability: Bool {
        switch self {
        case .database(let error): error.affectsEveryStatement
        case .storage(let failure): failure.isPassing
        case .holdLost: true
        case .file, .notABackup, .incomplete, .manifest, .otherOrigin, .inUse, .damaged,
            .newerSchema, .otherSchema, .toolMissing, .tool, .standby, .databaseUsed, .programsRun,
            .notFinished, .otherBlobs, .other:
            false
        }
    }

    fileprivate var advice: String { "" }
}

extension JobFailure {
    fileprivate var isPassing: Bool {
        switch self.class {
        case .transient, .unavailable: true
        case .permanent, .leaseLost: false
        }
    }
}
